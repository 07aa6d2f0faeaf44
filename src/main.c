#include "candor.h"
int main(void)
{
    return 0;
}
