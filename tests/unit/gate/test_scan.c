/*
 * test_scan.c - the masks against their definition, and what is found and what is not.
 */
#include "inside.h"
#include "numeric.h"

#include <stdio.h>
#include <string.h>

#include "testing.h"

enum { TEXT_MAX = 4096, ROUNDS = 300 };

/* ---- masks --------------------------------------------------------------------------------- */

static void fill(struct rng *rng, char *text, size_t len, unsigned round)
{
    static const char few[] = "0123456789-_.:@ aZ{}\x80\xff/`[--begin password";
    for (size_t i = 0; i < len; i++) {
        text[i] = round % 2 == 0 ? (char)rng_below(rng, 256) : few[rng_below(rng, sizeof few)];
    }
}

static void all_masks_have_the_same_bits(void **state)
{
    (void)state;
    struct rng rng = rng_of(7);
    struct arena *arena = arena_begin();
    const struct mask_tables *tables = mask_tables_begin(arena);
    static char text[TEXT_MAX + 8];
    static struct masks one[TEXT_MAX / MASK_BITS];
    static struct masks other[TEXT_MAX / MASK_BITS];
    static const enum simd level[] = {SIMD_AVX512, SIMD_AVX2, SIMD_PLAIN};
    for (unsigned round = 0; round < ROUNDS; round++) {
        const size_t skip = round % 5;
        fill(&rng, text, sizeof text, round);
        masks_plain(tables, text + skip, TEXT_MAX / MASK_BITS - 1, one);
        for (size_t l = 0; l < sizeof level / sizeof level[0]; l++) {
            (void)simd_limit(level[l]);
            masks_of(tables, text + skip, TEXT_MAX / MASK_BITS - 1, other);
            for (size_t b = 0; b < TEXT_MAX / MASK_BITS - 1; b++) {
                expect(memcmp(&one[b], &other[b], sizeof one[b]) == 0,
                       "level %u round %u block %zu", (unsigned)level[l], round, b);
            }
        }
        (void)simd_limit(SIMD_AVX512);
    }
    arena_end(arena);
}

/* ---- findings ------------------------------------------------------------------------------ */

static const struct row {
    const char *text;
    const char *rule; /* NULL: nothing */
    const char *found;
    const char *region;
} row[] = {
    {"write to ada.l+x@mail.example-shop.de, please", "cdr.pii.email",
     "ada.l+x@mail.example-shop.de", ""},
    {"img/icon@2x.png and lib@1.2.3", NULL, NULL, ""},
    {"IBAN DE89 3704 0044 0532 0130 00.", "cdr.pii.iban", "DE89 3704 0044 0532 0130 00", ""},
    {"IBAN DE88 3704 0044 0532 0130 00.", NULL, NULL, ""},
    {"paid with 4111 1111 1111 1111 today", NULL, NULL, ""}, /* two digits only: an example */
    {"paid with 4539-5279-3550-5473 today", "cdr.pii.card", "4539-5279-3550-5473", ""},
    {"paid with 4539-5279-3550-5474 today", NULL, NULL, ""},
    {"from 16.244.11.141 at", "cdr.pii.ip-address", "16.244.11.141", ""},
    {"version 10.2.3.4 of it", NULL, NULL, ""},
    {"at 2001:db8:85a3::8a2e:370:7334 now", "cdr.pii.ip-address", "2001:db8:85a3::8a2e:370:7334",
     ""},
    {"std::vector::iterator a::before", NULL, NULL, ""},
    {"mac 00:1a:2B:3c:4D:5e up", "cdr.pii.mac-address", "00:1a:2B:3c:4D:5e", ""},
    {"mac 00-1a-2B-3c-4D-5e up", "cdr.pii.mac-address", "00-1a-2B-3c-4D-5e", ""},
    {"arp 001a.2B3c.4d5e up", "cdr.pii.mac-address", "001a.2B3c.4d5e", ""},
    {"word face.feed.beef and 1234.5678.9012", NULL, NULL, ""},
    {"up 00:1a:2B:3c:4D:5e:8080 now", "cdr.pii.mac-address", "00:1a:2B:3c:4D:5e", ""},
    {"mac=001a2b3c4d5e;", "cdr.pii.mac-address", "001a2b3c4d5e", ""},
    {"build 001a2b3c4d5e", NULL, NULL, ""},
    {"ping fe80::1%eth0 works", "cdr.pii.ip-address", "fe80::1%eth0", ""},
    {"at http://[fe80::a:1%25en0]/ it", "cdr.pii.ip-address", "fe80::a:1%25en0", ""},
    {"via 2a02::5 out", "cdr.pii.ip-address", "2a02::5", ""},
    {"x2::y and 2020::get() and a30::1", NULL, NULL, ""},
    {"at 48\xc2\xb0"
     "51'24.0\"N 2\xc2\xb0"
     "21'03.0\"E now",
     "cdr.pii.coordinates",
     "48\xc2\xb0"
     "51'24.0\"N 2\xc2\xb0"
     "21'03.0\"E",
     ""},
    {"shares 0.1234567, 0.7654321 of it", NULL, NULL, ""},
    {"phone=%2B33612345678&x", "cdr.pii.phone", "%2B33612345678", ""},
    {"Meine Nummer ist 0171 2345678.", "cdr.pii.phone", "0171 2345678", ""},
    {"row 3650 6 1094 37 5 1 1", NULL, NULL, ""}, /* Luhn's digit by chance */
    {"urodzona 14.06.1987 w", "cdr.pii.birth-date", "14.06.1987", ""},
    {"f\xc3\xb6"
     "dd 1987-06-14",
     "cdr.pii.birth-date", "1987-06-14", ""},
    {"born on 16.2.1952 in", "cdr.pii.birth-date", "16.2.1952", ""},
    {"shipped on 16.2.1952 in", NULL, NULL, ""},
    {"nac\xc3\xad el 16/2/1952 en", "cdr.pii.birth-date", "16/2/1952", ""},
    {"at 52.52001, 13.40495 we", "cdr.pii.coordinates", "52.52001, 13.40495", ""},
    {"pi is 3.14159265358979", NULL, NULL, ""},
    {"ring +49 30 123456 now", "cdr.pii.phone", "+49 30 123456", ""},
    {"number 030 123456 here", "cdr.pii.phone", "030 123456", "DE"},
    {"number 030 123456 here", NULL, NULL, ""},
    {"SSN 127-13-9574", "cdr.pii.us-ssn", "127-13-9574", ""},
    {"SSN 927-13-9574", NULL, NULL, ""},
    {"the idfa is 6D92078A-8246-4BA4-AE5B-76104861E7DC.", "cdr.pii.device-id",
     "6D92078A-8246-4BA4-AE5B-76104861E7DC", ""},
    {"pesel 44051401359 of", "cdr.pii.national-id", "44051401359", ""},
    {"order 44051401359 of", NULL, NULL, ""},
    {"codice RSSMRA85T10A562S ok", "cdr.pii.national-id", "RSSMRA85T10A562S", ""},
    {"mi DNI es 12345678Z.", "cdr.pii.national-id", "12345678Z", ""},
    {"mi DNI es 12345678A.", NULL, NULL, ""},
    {"ella, 12.345.678-Z, vive", "cdr.pii.national-id", "12.345.678-Z", ""},
    {"dni 12345678z", "cdr.pii.national-id", "12345678z", ""},
    {"commit 12345678z", NULL, NULL, ""},
    {"hetu 131052-308T", "cdr.pii.national-id", "131052-308T", ""},
    {"hetu 131052A308T", "cdr.pii.national-id", "131052A308T", ""},
    {"id 11010519491231002X", "cdr.pii.national-id", "11010519491231002X", ""},
    {"NI number AB 12 34 56 C", "cdr.pii.national-id", "AB 12 34 56 C", ""},
    {"SV-Nummer 65 170839 J 003", "cdr.pii.national-id", "65 170839 J 003", ""},
    {"CPR-nr. 150585-1234", "cdr.pii.national-id", "150585-1234", ""},
    {"\xd0\x95\xd0\x93\xd0\x9d 8505151234", "cdr.pii.national-id", "8505151234", ""},
    {"Meine Steuer-ID ist 86957438211.", "cdr.pii.national-id", "86957438211", ""},
    {"Mi DNI es 48213765S, gracias.", "cdr.pii.national-id", "48213765S", ""},
    {"NIE: Y2384716K", "cdr.pii.national-id", "Y2384716K", ""},
    {"Mon num\xc3\xa9ro de s\xc3\xa9"
     "curit\xc3\xa9 sociale : 285037864612373",
     "cdr.pii.national-id", "285037864612373", ""},
    {"Il mio codice fiscale \xc3\xa8 BRNLVS84P12L736Y.", "cdr.pii.national-id", "BRNLVS84P12L736Y",
     ""},
    {"Mijn BSN is 945807302.", "cdr.pii.national-id", "945807302", ""},
    {"M\xc3\xb3j PESEL to 87061423850.", "cdr.pii.national-id", "87061423850", ""},
    {"O meu NIF \xc3\xa9 245876138.", "cdr.pii.national-id", "245876138", ""},
    {"Mitt personnummer \xc3\xa4r 871204-6534.", "cdr.pii.national-id", "871204-6534", ""},
    {"Henkil\xc3\xb6tunnus: 120487-4531", "cdr.pii.national-id", "120487-4531", ""},
    {"Mijn rijksregisternummer is 87061423847.", "cdr.pii.national-id", "87061423847", ""},
    {"Meu CPF \xc3\xa9 42857193637.", "cdr.pii.national-id", "42857193637", ""},
    {"AHV-Nummer 7564829137055", "cdr.pii.national-id", "7564829137055", ""},
    {"NHS number: 4857239167", "cdr.pii.national-id", "4857239167", ""},
    {"F\xc3\xb8"
     "dselsnummer: 15068730047",
     "cdr.pii.national-id", "15068730047", ""},
    {"\xd0\x95\xd0\x93\xd0\x9d 8706142384", "cdr.pii.national-id", "8706142384", ""},
    {"CNP: 2870614401238", "cdr.pii.national-id", "2870614401238", ""},
    {"Rodn\xc3\xa9 \xc4\x8d\xc3\xadslo 875614/2384", "cdr.pii.national-id", "875614/2384", ""},
    {"OIB 48572139685", "cdr.pii.national-id", "48572139685", ""},
    {"Meine SV-Nummer lautet 4001140687.", "cdr.pii.national-id", "4001140687", ""},
    {"Isikukood 48706142382", "cdr.pii.national-id", "48706142382", ""},
    {"T.C. kimlik no: 48572139650", "cdr.pii.national-id", "48572139650", ""},
    {"My SIN is 485721393.", "cdr.pii.national-id", "485721393", ""},
    {"\xce\x91\xce\x9c\xce\x9a\xce\x91: 14068748525", "cdr.pii.national-id", "14068748525", ""},
    {"My PPS number is 4857213I.", "cdr.pii.national-id", "4857213I", ""},
    {"My national insurance number is JK 48 21 37 C.", "cdr.pii.national-id", "JK 48 21 37 C", ""},
    {"order 20260315-4471 and EAN 4006381333931", NULL, NULL, "DE"},
    {"ISBN 978-3-16-148410-0 at 1.299.000,00", NULL, NULL, "DE"},
    {"at 1687654321 HRB 123456 B", NULL, NULL, "DE"},
    {"mobil 171 2345678", "cdr.pii.phone", "171 2345678", "DE"},
    {"appelez le 01 23 45 67 89", "cdr.pii.phone", "01 23 45 67 89", ""},
    {"<Buffer a0 8b 28 3f 01 23 45 67 89>", NULL, NULL, ""},
    {"<Buffer 01 02 03 04 05 06 07 08>", NULL, NULL, ""},
    {"<Buffer 00 00 00 00 00>", NULL, NULL, ""},
    {"* CVE-2023-29007: call it", NULL, NULL, ""},
    {"call me: card 4111 1111 1111 1111", NULL, NULL, ""},
    {"Exponent: 65537 (0x10001)", NULL, NULL, ""},
    {"52.520008, 13.404954", "cdr.pii.coordinates", "52.520008, 13.404954", ""},
    {"d=\"M38.29621 20.07621L19.80512 19.48296\"", NULL, NULL, ""},
    {"psql postgres://ada:7hKq2-zz@db.shop.io/x", "cdr.secret.url-password", "7hKq2-zz", ""},
    {"psql postgres://ada:${PASSWORD}@db.shop.io/x", NULL, NULL, ""},
    {"twitch_token = 'y5c4sg081eed9g7nbvkbw2llhqi49d'", "cdr.secret.twitch-api-token",
     "y5c4sg081eed9g7nbvkbw2llhqi49d", ""},
    {"witch_tower: y5c4sg081eed", NULL, NULL, ""},
    {"const password = 'hgtqwzkb';", "cdr.secret.assigned", "hgtqwzkb", ""},
    {"Authorization: Bearer 94cb7bdeff59c252eaa72f01f3361786", "cdr.secret.assigned",
     "94cb7bdeff59c252eaa72f01f3361786", ""},
    {"const password = readPassword(prompt);", NULL, NULL, ""},
    {"Author: Hgtq94wzkb", NULL, NULL, ""},
    {"author_token: Hgtq94wzkb2x", "cdr.secret.assigned", "Hgtq94wzkb2x", ""},
    {"password: ${DB_PASSWORD}", NULL, NULL, ""},
    {"basis: contract and basis: legitimate_interest", NULL, NULL, ""},
    {"seen (16.244.11.141) there", "cdr.pii.ip-address", "16.244.11.141", ""},
    {"given until (2026-11-01 unless told)", NULL, NULL, ""},
    /* dates of birth in words */
    {"she was born May 15, 1985 there", "cdr.pii.birth-date", "May 15, 1985", ""},
    {"born on the 15th of May 1985", "cdr.pii.birth-date", "15th of May 1985", ""},
    {"N\xc3\xa9"
     "e le 15 mai 1985",
     "cdr.pii.birth-date", "15 mai 1985", ""},
    {"n\xc3\xa9 le 1er ao\xc3\xbbt 1990", "cdr.pii.birth-date", "1er ao\xc3\xbbt 1990", ""},
    {"geboren am 3. Mai 1985", "cdr.pii.birth-date", "3. Mai 1985", ""},
    {"geb. 3. 5. 1985 in", "cdr.pii.birth-date", "3. 5. 1985", ""},
    {"nacida el 15 de mayo de 1985", "cdr.pii.birth-date", "15 de mayo de 1985", ""},
    {"nata il 15 maggio 1985 a", "cdr.pii.birth-date", "15 maggio 1985", ""},
    {"birth: 15-May-1985", "cdr.pii.birth-date", "15-May-1985", ""},
    {"the shop opened on May 15, 1985", NULL, NULL, ""},
    {"born in a house of 1985", NULL, NULL, ""},
    {"geboren 3. Klasse 1985", NULL, NULL, ""},
    {"nacida de 40 mayo de 1985", NULL, NULL, ""},
    {"born 15 mai 19855", NULL, NULL, ""},
    /* places with names */
    {"{\"lat\":48.137154,\"lng\":11.576124}", "cdr.pii.coordinates", "48.137154,\"lng\":11.576124",
     ""},
    {"latitude: -33.8688, longitude: 151.2093", "cdr.pii.coordinates",
     "-33.8688, longitude: 151.2093", ""},
    {"/near?lat=48.137154&lon=11.576124", "cdr.pii.coordinates", "48.137154&lon=11.576124", ""},
    {"\"coordinates\": [-122.4194, 37.7749]", "cdr.pii.coordinates", "-122.4194, 37.7749", ""},
    {"{\"price\":48.137154,\"lng\":11.576124}", NULL, NULL, ""},
    {"{\"lat\":48.137154,\"weight\":11.576124}", NULL, NULL, ""},
    {"sizes 122.4194, 37.7749", NULL, NULL, ""},
    /* devices, visitors, clicks */
    {"IMEI 35-209900-176148-1 lost", "cdr.pii.device-id", "35-209900-176148-1", ""},
    {"imei: 352099001761481", "cdr.pii.device-id", "352099001761481", ""},
    {"imei: 352099001761482", NULL, NULL, ""},
    {"part 352099001761481", NULL, NULL, ""},
    {"_ga=GA1.2.1234567890.1687654321; a", "cdr.pii.device-id", "GA1.2.1234567890.1687654321", ""},
    {"_fbp=fb.1.1596403881668.1116446470", "cdr.pii.device-id", "fb.1.1596403881668.1116446470",
     ""},
    {"&cid=1234567890.1687654321&", "cdr.pii.device-id", "1234567890.1687654321", ""},
    {"sum 1234567890.1687654321 of", NULL, NULL, ""},
    {"v GA1.2.3 of 2024", NULL, NULL, ""},
    {"https://shop.io/?gclid=EAIaIQobChMI8e7k3f", "cdr.pii.device-id", "EAIaIQobChMI8e7k3f", ""},
    {"https://shop.io/?article=EAIaIQobChMI8e7k3f", NULL, NULL, ""},
    {"device 00000000-0000-0000-0000-000000000000", NULL, NULL, ""},
    {"at fe80::1ff:fe23:4567:890a%eth2 up", "cdr.pii.ip-address", "fe80::1ff:fe23:4567:890a%eth2",
     ""},
    {"http://[2001:db8::1:2]:443/", "cdr.pii.ip-address", "2001:db8::1:2", ""},
    {"16.244.11.141:8080 is up", "cdr.pii.ip-address", "16.244.11.141", ""},
    /* addresses in percent signs */
    {"https://shop.io/u?email=ada.l%40shop.de&x=1", "cdr.pii.email", "ada.l%40shop.de", ""},
    {"?to=ada%2Bnews%40mail.shop.de", "cdr.pii.email", "ada%2Bnews%40mail.shop.de", ""},
    {"?q=%22ada%40shop.de%22", "cdr.pii.email", "ada%40shop.de", ""},
    {"?img=icon%402x.png and 50%40 off", NULL, NULL, ""},
    /* passwords that are told */
    {"my password is Sunshine42!", "cdr.secret.password", "Sunshine42!", ""},
    {"the password for the server is \"x7-Hollow\".", "cdr.secret.password", "x7-Hollow", ""},
    {"Das Passwort lautet Sommer2024!", "cdr.secret.password", "Sommer2024!", ""},
    {"Kennwort: Wint3r-x9k", "cdr.secret.password", "Wint3r-x9k", ""},
    {"le mot de passe est Soleil!2024.", "cdr.secret.password", "Soleil!2024", ""},
    {"contrase\xc3\xb1"
     "a: Veran0-2024",
     "cdr.secret.password", "Veran0-2024", ""},
    {"la password \xc3\xa8 Estate-2024", "cdr.secret.password", "Estate-2024", ""},
    {"het wachtwoord is Z0mer-2024", "cdr.secret.password", "Z0mer-2024", ""},
    {"the password is at least 8 characters", NULL, NULL, ""},
    {"the password is base64-encoded", NULL, NULL, ""},
    {"Das Passwort ist nicht richtig", NULL, NULL, ""},
    {"le mot de passe est obligatoire", NULL, NULL, ""},
    {"contrase\xc3\xb1"
     "a: obligatoria",
     NULL, NULL, ""},
    {"your password is {{password1}}", NULL, NULL, ""},
    /* commands: quotes around all or parts, any blank or none behind the option, lines that go on */
    {"curl -u ada:hJ7kQ2 https://a.io", "cdr.secret.curl-user", "hJ7kQ2", ""},
    {"curl -u \"ada:hJ7k Q2\" https://a.io", "cdr.secret.curl-user", "hJ7k Q2", ""},
    {"curl https://a.io \\\n  --user\t'ada:.1L6y+B*'", "cdr.secret.curl-user", ".1L6y+B*", ""},
    {"curl --user='ada':zKSD1EV a.io", "cdr.secret.curl-user", "zKSD1EV", ""},
    {"curl -u=ada:'hJ7 kQ2' a.io", "cdr.secret.curl-user", "hJ7 kQ2", ""},
    {"curl -u\"ada\":\"[hJ7kQ2\" a.io", "cdr.secret.curl-user", "[hJ7kQ2", ""},
    {"curl --user'ada:hJ7kQ2' a.io", "cdr.secret.curl-user", "hJ7kQ2", ""},
    {"curl -uada:hJ7kQ2 a.io", "cdr.secret.curl-user", "hJ7kQ2", ""},
    {"curl -sSu a:hJ7kQ2 a.io", "cdr.secret.curl-user", "hJ7kQ2", ""},
    {"curl -u \"hJ7kQ2zz:\" a.io", "cdr.secret.curl-user", "hJ7kQ2zz", ""},
    {"curl -u \"$USER:hJ7kQ2\" a.io", "cdr.secret.curl-user", "hJ7kQ2", ""},
    {"curl -u $USER:$PASS https://a.io", NULL, NULL, ""},
    {"curl -u '$USER:$PASS' https://a.io", NULL, NULL, ""},
    {"curl -u \"${TOKEN}:\" https://a.io", NULL, NULL, ""},
    {"curl -u \"$USER\":\"$1\" https://a.io", NULL, NULL, ""},
    {"curl -u <user>:<password> https://a.io", NULL, NULL, ""},
    {"curl -u \"[user]:[key2]\" https://a.io", NULL, NULL, ""},
    {"curl -u 'ada:{{ pass1 }}' https://a.io", NULL, NULL, ""},
    {"curl -u ada:%PASS1% https://a.io", NULL, NULL, ""},
    {"curl -u ada:*** https://a.io", NULL, NULL, ""},
    {"curl -u username:password https://a.io", NULL, NULL, ""},
    {"curl -u ada https://a.io:8080/", NULL, NULL, ""},
    {"curl --user-agent 'ada:hJ7kQ2' a.io", NULL, NULL, ""},
    {"curl --url ada:hJ7kQ2 a.io", NULL, NULL, ""},
    {"curl -unix:socket a.io", NULL, NULL, ""},
    {"curl https://a.io\ndocker run -u 1000:1000 a", NULL, NULL, ""},
    {"curl -u 1000:834759 a.io", "cdr.secret.curl-user", "834759", ""},
    {"curl --header='Key:\t.+re3VH5U1.hX.S_' a.io", "cdr.secret.curl-header", ".+re3VH5U1.hX.S_",
     ""},
    {"curl -sH 'Key: Zt3VH5U1hXSq' a.io", "cdr.secret.curl-header", "Zt3VH5U1hXSq", ""},
    {"curl -H \"Key: $KEY_OF_MINE1\" a.io", NULL, NULL, ""},
    /* secrets of clusters */
    {"kind: Secret\nmetadata:\n  name: x\ndata:\n  one: aGVsbG93b3JsZDEyMw==\n",
     "cdr.secret.kubernetes", "aGVsbG93b3JsZDEyMw==", ""},
    {"data:\n  one: |\n    aGVsbG93b3JsZDEy\nkind: \"Secret\"\n", "cdr.secret.kubernetes",
     "aGVsbG93b3JsZDEy", ""},
    {"kind: Secret\ndata:\n  one: \"\"\n---\nmode: EnsureExists\n", NULL, NULL, ""},
    {"kind: ConfigMap\ndata:\n  one: aGVsbG93b3JsZDEyMw==\n", NULL, NULL, ""},
    {"kind: Secret\nmetadata:\n  name: abcdefghijkl\n", NULL, NULL, ""},
    {"kind: Secret\ndata:\n  one: {{ .Values.abcdefghijkl }}\n", NULL, NULL, ""},
    {"kind: Secret\ndata:\n  one: some-name-of-mine\n", NULL, NULL, ""},
    {"data: Z2hwXzJ6NWk2bW5rZzd4Mjg4YzlsczFmb3RmMTh1ZHo0ZHBrOXVweA==", "cdr.secret.github-pat",
     "Z2hwXzJ6NWk2bW5rZzd4Mjg4YzlsczFmb3RmMTh1ZHo0ZHBrOXVweA", ""},
};

static void each_row_has_what_it_has(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct gate *gate = gate_begin(arena);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct gate_asked asked = {.kinds = GATE_ALL};
        memcpy(asked.region, row[i].region, strlen(row[i].region));
        struct gate_findings found = gate_findings_in(arena, 100);
        gate_scan(gate, str_of(row[i].text), &asked, &found);
        expect(found.count == (row[i].rule == NULL ? 0U : 1U), "%s: %zu found, first %s",
               row[i].text, found.count, found.count == 0 ? "-" : found.item[0].rule);
        if (row[i].rule != NULL) {
            const struct str value =
                str_slice(str_of(row[i].text), found.item[0].start, found.item[0].end);
            expect(str_is(str_of(found.item[0].rule), row[i].rule), "%s: %s", row[i].text,
                   found.item[0].rule);
            expect(str_is(value, row[i].found), "%s: '%.*s'", row[i].text, STR_ARG(value));
        }
    }
    arena_end(arena);
}

/* In the settings of a tool whose passwords stand in a known place, words are passwords too. */
static void settings_tell_passwords(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text, *found; /* NULL: nothing */
    } setting[] = {
        {"NuGet.Config", "<add key=\"Password\" value=\"hfgakomie\" />", "hfgakomie"},
        {"nuget.config", "<add key=\"ClearTextPassword\"\n   value=\"nkhm .haji\"/>", "nkhm .haji"},
        {"nuget.config", "<add key=\"Password\"value=\"-nfcfil-\" />", "-nfcfil-"},
        {"nuget.config", "<add key=\"Password\" value=\"%NUGET_PASSWORD%\" />", NULL},
        {"nuget.config", "<add key=\"Password\" value=\"your password here\" />", NULL},
        {"nuget.config", "<add key=\"Password\" value=\"short\" />", NULL},
        {"nuget.config", "<add key=\"Source\" value=\"hfgakomie\" />", NULL},
        {"other.xml", "<add key=\"Password\" value=\"nkhm .haji\" />", NULL},
        {"main.tf", "administrator_login_password ||= \"fcg-zvhx\"", "fcg-zvhx"},
        {"main.tf", "lookup(var.x, \"password\", \"prup-gge\")", "prup-gge"},
        {"main.tf", "password = \"${var.password}\"", NULL},
        {"main.tf", "password = \"$2a$10$UHR6GhotWhpLsKtVP0/i6\"", NULL},
    };
    struct arena *arena = arena_begin();
    const struct gate *gate = gate_begin(arena);
    for (size_t i = 0; i < sizeof setting / sizeof setting[0]; i++) {
        const struct gate_asked asked = {.kinds = GATE_SECRET, .path = str_of(setting[i].path)};
        const struct str text = str_of(setting[i].text);
        struct gate_findings found = gate_findings_in(arena, 10);
        gate_scan(gate, text, &asked, &found);
        expect(found.count == (setting[i].found == NULL ? 0U : 1U), "%s: %zu found, first %s",
               setting[i].text, found.count, found.count == 0 ? "-" : found.item[0].rule);
        if (setting[i].found != NULL && found.count == 1) {
            const struct str value = str_slice(text, found.item[0].start, found.item[0].end);
            expect(str_is(value, setting[i].found), "%s: '%.*s'", setting[i].text, STR_ARG(value));
        }
    }
    arena_end(arena);
}

/* Wherever in a long text something stands, over the borders of blocks and parts, it is found. */
static void a_place_does_not_matter(void **state)
{
    (void)state;
    static char text[20000];
    struct arena *arena = arena_begin();
    const struct gate *gate = gate_begin(arena);
    const struct gate_asked asked = {.kinds = GATE_ALL};
    const struct str mail =
        STR(" ada@shop.de, 4539527935505473 and ghp_2z5i6mnkg7x288c9ls1fotf18udz4dpk9upx. ");
    for (size_t at = 0; at<sizeof text - mail.len; at += at> 300 && at < 16200 ? 997 : 1) {
        const size_t len = at % 3 == 0 ? at + mail.len : sizeof text;
        memset(text, 'x', sizeof text);
        memcpy(text + at, mail.ptr, mail.len);
        struct arena_mark mark = arena_mark(arena);
        struct gate_findings found = gate_findings_in(arena, 100);
        gate_scan(gate, (struct str){text, len}, &asked, &found);
        expect(found.count == 3 && found.item[0].start == at + 1, "at %zu of %zu: %zu", at, len,
               found.count);
        arena_rewind(arena, mark);
    }
    arena_end(arena);
}

/* What is packed in one very long token is unpacked piece by piece; a sign that no packing has changes nothing. */
static void long_packed_text_is_unpacked(void **state)
{
    (void)state;
    static char plain[30000];
    static char text[2 * sizeof plain + 40];
    struct arena *arena = arena_begin();
    const struct gate *gate = gate_begin(arena);
    const struct gate_asked asked = {.kinds = GATE_ALL};
    const struct str secret = STR(" ghp_2z5i6mnkg7x288c9ls1fotf18udz4dpk9upx ");
    for (size_t at = 100; at < sizeof plain - secret.len; at += 2048) {
        memset(plain, 'x', sizeof plain);
        memcpy(plain + at, secret.ptr, secret.len);
        memcpy(text, "data: ", 6);
        for (size_t i = 0; i < sizeof plain; i++) {
            (void)snprintf(text + 6 + 2 * i, 3, "%02x", (unsigned)plain[i]);
        }
        struct arena_mark mark = arena_mark(arena);
        struct gate_findings found = gate_findings_in(arena, 100);
        gate_scan(gate, (struct str){text, 6 + 2 * sizeof plain}, &asked, &found);
        expect(found.count == 1, "at %zu: %zu", at, found.count);
        arena_rewind(arena, mark);
    }
    for (size_t i = 0; i < sizeof text; i++) { /* as long, and not hexadecimal: "%41%41..." */
        text[i] = "%41"[i % 3];
    }
    struct gate_findings found = gate_findings_in(arena, 100);
    gate_scan(gate, (struct str){text, sizeof text}, &asked, &found);
    expect(found.count == 0, "%zu", found.count);
    arena_end(arena);
}

/* Any bytes, and the same with the plain masks. */
static void every_machine_finds_the_same(void **state)
{
    (void)state;
    struct rng rng = rng_of(11);
    static char text[TEXT_MAX];
    struct arena *arena = arena_begin();
    const struct gate *gate = gate_begin(arena);
    const struct gate_asked asked = {.kinds = GATE_ALL, .least = UNLIKELY, .region = "DE"};
    for (unsigned round = 0; round < ROUNDS; round++) {
        const size_t len = rng_below(&rng, sizeof text);
        fill(&rng, text, len, round);
        struct arena_mark mark = arena_mark(arena);
        struct gate_findings one = gate_findings_in(arena, 1000);
        struct gate_findings other = gate_findings_in(arena, 1000);
        gate_scan(gate, (struct str){text, len}, &asked, &one);
        const enum simd most = simd_limit(SIMD_PLAIN);
        gate_scan(gate, (struct str){text, len}, &asked, &other);
        (void)simd_limit(most);
        expect(one.count == other.count, "round %u", round);
        for (size_t i = 0; i < one.count; i++) {
            expect(one.item[i].start == other.item[i].start &&
                       one.item[i].rule == other.item[i].rule && one.item[i].end <= len &&
                       one.item[i].start <= one.item[i].end,
                   "round %u", round);
        }
        arena_rewind(arena, mark);
    }
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_masks_have_the_same_bits),
        cmocka_unit_test(each_row_has_what_it_has),
        cmocka_unit_test(settings_tell_passwords),
        cmocka_unit_test(a_place_does_not_matter),
        cmocka_unit_test(long_packed_text_is_unpacked),
        cmocka_unit_test(every_machine_finds_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
