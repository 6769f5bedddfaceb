// The declaration that native/delegate.c uses from macOS, to check on Linux that this part compiles.
#include <stdint.h>

int _NSGetExecutablePath(char *path, uint32_t *size);
