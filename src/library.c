#include "candor.h"
int candor_library_room = 0;
