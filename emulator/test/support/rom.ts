/** What a C program of the tests needs to call the boot ROM, as RP2040 datasheet 2.8.3 says that it is done. */
export const ROM = `
#define HALF(address) ((uint32_t)*(volatile uint16_t *)(address))
typedef void *(*lookup_fn)(uint32_t table, uint32_t code);
typedef uint32_t (*rom_fn)(uint32_t, uint32_t, uint32_t, uint32_t);
static void *rom_find(uint32_t table, const char *letters) { return ((lookup_fn)HALF(0x18))(HALF(table), letters[0] | letters[1] << 8); }
static rom_fn rom_func(const char *letters) { return (rom_fn)rom_find(0x14, letters); }
static void *rom_data(const char *letters) { return rom_find(0x16, letters); }
`;
