/*
 * main.c - the program: everything is in the cli room.
 */
#include "cli.h"

int main(int argc, char **argv)
{
    return cli_run(argc, argv);
}
