/*
 * names.c - names of many cultures, as a company's customers have them.
 *
 * A person's first and last name come from one culture, mostly; one in twelve has a last name of
 * another, as families do. All are common names, put together by chance: nobody is meant.
 */
#include "demo.h"

#include <string.h>

#define FIRST_COUNT 10
#define LAST_COUNT 12

struct culture {
    double weight;
    const char *female[FIRST_COUNT];
    const char *male[FIRST_COUNT];
    const char *last[LAST_COUNT];
};

static const struct culture culture[] = {
    {0.20,
     {"Emily", "Olivia", "Grace", "Hannah", "Charlotte", "Alice", "Megan", "Sophie", "Ruth",
      "Joan"},
     {"James", "Oliver", "Thomas", "George", "Henry", "Daniel", "Peter", "Samuel", "Arthur",
      "Neil"},
     {"Smith", "Taylor", "Walker", "Hughes", "Bennett", "Clarke", "Cooper", "Marsh", "Foster",
      "Palmer", "O'Neill", "Whitfield"}},
    {0.14,
     {"Anna", "Lena", "Katharina", "Jule", "Sabine", "Heike", "Petra", "Greta", "Käthe", "Ines"},
     {"Lukas", "Jörg", "Stefan", "Matthias", "Günther", "Felix", "Björn", "Uwe", "Moritz", "Klaus"},
     {"Müller", "Schmidt", "Schäfer", "Weiß", "Köhler", "Hoffmann", "Brandt", "Vogel", "Krüger",
      "Lorenz", "Böhm", "Seidel"}},
    {0.11,
     {"Camille", "Chloé", "Élodie", "Manon", "Hélène", "Juliette", "Noémie", "Zoé", "Sylvie",
      "Inès"},
     {"Jérôme", "Antoine", "Étienne", "Luc", "Rémi", "Hugo", "Thierry", "François", "Loïc", "Yves"},
     {"Lefèvre", "Moreau", "Dubois", "Girard", "Chevalier", "Bonnet", "Fontaine", "Rousseau",
      "Mercier", "Garnier", "Besnard", "Leroux"}},
    {0.11,
     {"María", "Lucía", "Carmen", "Inés", "Sofía", "Begoña", "Pilar", "Rocío", "Elena", "Ángela"},
     {"José", "Andrés", "Iñaki", "Pablo", "Álvaro", "Sergio", "Javier", "Raúl", "Tomás", "Diego"},
     {"García", "Muñoz", "López", "Ibáñez", "Navarro", "Ramírez", "Vega", "Castaño", "Herrera",
      "Núñez", "Soler", "Fuentes"}},
    {0.10,
     {"Agnieszka", "Zofia", "Małgorzata", "Kasia", "Ewa", "Łucja", "Jana", "Eliška", "Hana",
      "Bożena"},
     {"Łukasz", "Paweł", "Wojciech", "Marek", "Jiří", "Tomasz", "Stanisław", "Ondřej", "Piotr",
      "Janusz"},
     {"Kowalski", "Nowak", "Wójcik", "Zieliński", "Dvořák", "Novotný", "Wiśniewski", "Černý",
      "Mazur", "Kaczmarek", "Krawczyk", "Pospíšil"}},
    {0.08,
     {"Fatma", "Ayşe", "Elif", "Zeynep", "Leyla", "Samira", "Nour", "Amina", "Yasmin", "Hülya"},
     {"Mehmet", "Yusuf", "Emre", "Çağlar", "Omar", "Karim", "Hassan", "Tariq", "Özgür", "Bilal"},
     {"Yılmaz", "Demir", "Şahin", "Çelik", "Haddad", "Mansour", "Öztürk", "Rahmani", "Aydın",
      "Khalil", "Nasser", "Koç"}},
    {0.08,
     {"Ngozi", "Amara", "Chiamaka", "Abena", "Wanjiru", "Thandiwe", "Folake", "Zola", "Makena",
      "Efua"},
     {"Chinedu", "Kwame", "Tunde", "Sipho", "Kamau", "Kofi", "Emeka", "Jabari", "Themba", "Otieno"},
     {"Okafor", "Mensah", "Adeyemi", "Nkosi", "Mwangi", "Boateng", "Eze", "Dlamini", "Owusu",
      "Kariuki", "Balogun", "Okonkwo"}},
    {0.07,
     {"Priya", "Ananya", "Lakshmi", "Meera", "Sana", "Kavita", "Divya", "Nisha", "Rukmini",
      "Ayesha"},
     {"Arjun", "Rahul", "Sanjay", "Vikram", "Imran", "Ravi", "Anil", "Kiran", "Suresh", "Farhan"},
     {"Sharma", "Patel", "Reddy", "Iyer", "Khan", "Gupta", "Nair", "Chowdhury", "Singh", "Banerjee",
      "Rao", "Malik"}},
    {0.06,
     {"Mei", "Xiaoling", "Yuki", "Haruka", "Ji-woo", "Linh", "Hương", "Sakura", "Min-seo", "Jing"},
     {"Wei", "Hiroshi", "Kenji", "Minh", "Đức", "Jun", "Tuấn", "Seong-ho", "Takumi", "Hao"},
     {"Chen", "Tanaka", "Nguyễn", "Kim", "Wang", "Suzuki", "Trần", "Park", "Liu", "Yamamoto",
      "Phạm", "Choi"}},
    {0.05,
     {"Astrid", "Søs", "Freja", "Maja", "Ingrid", "Åsa", "Aino", "Sigríður", "Kirsi", "Tove"},
     {"Lars", "Søren", "Jørgen", "Erik", "Mikko", "Håkon", "Åke", "Gunnar", "Sten", "Pekka"},
     {"Hansen", "Østergaard", "Lindqvist", "Nygård", "Korhonen", "Berg", "Sørensen", "Åkesson",
      "Virtanen", "Dahl", "Bjørnstad", "Holm"}},
};

struct name name_for(struct random *random, enum sex sex)
{
    double weight[COUNT_OF(culture)];
    for (size_t i = 0; i < COUNT_OF(culture); i++) {
        weight[i] = culture[i].weight;
    }
    const struct culture *own = &culture[random_choice(random, weight, COUNT_OF(culture))];
    const struct culture *family = own;
    if (random_chance(random, 1.0 / 12.0)) {
        family = &culture[random_choice(random, weight, COUNT_OF(culture))];
    }

    bool female = sex == SEX_FEMALE;
    if (sex == SEX_X) {
        female = random_chance(random, 0.5);
    }
    const char *const *first = female ? own->female : own->male;
    /* One draw a line: C leaves open in which order an initialiser is computed. */
    struct name name;
    name.first = first[random_below(random, FIRST_COUNT)];
    name.last = family->last[random_below(random, LAST_COUNT)];
    return name;
}

/* Letters with marks, and the plain letters that stand for them in an address. */
static const char *const plain_letter[][2] = {
    {"á", "a"},  {"ä", "ae"}, {"å", "a"},  {"ã", "a"}, {"ạ", "a"}, {"ấ", "a"}, {"ầ", "a"},
    {"ą", "a"},  {"ç", "c"},  {"č", "c"},  {"ć", "c"}, {"đ", "d"}, {"ð", "d"}, {"é", "e"},
    {"è", "e"},  {"ê", "e"},  {"ë", "e"},  {"ę", "e"}, {"ễ", "e"}, {"ğ", "g"}, {"í", "i"},
    {"ï", "i"},  {"ı", "i"},  {"ł", "l"},  {"ń", "n"}, {"ñ", "n"}, {"ó", "o"}, {"ö", "oe"},
    {"ô", "o"},  {"ø", "o"},  {"ơ", "o"},  {"ř", "r"}, {"ś", "s"}, {"š", "s"}, {"ş", "s"},
    {"ß", "ss"}, {"ú", "u"},  {"ü", "ue"}, {"ư", "u"}, {"ứ", "u"}, {"ý", "y"}, {"ż", "z"},
    {"Á", "a"},  {"Å", "a"},  {"Ä", "ae"}, {"Ç", "c"}, {"Č", "c"}, {"Đ", "d"}, {"É", "e"},
    {"Ł", "l"},  {"Ö", "oe"}, {"Ø", "o"},  {"Š", "s"}, {"Ş", "s"}, {"ž", "z"},
};

/* The plain form of the letter that text begins with, and how many bytes that letter takes. */
static const char *plain_of(const char *text, char one[2], size_t *taken)
{
    for (size_t i = 0; i < COUNT_OF(plain_letter); i++) {
        *taken = strlen(plain_letter[i][0]);
        if (strncmp(text, plain_letter[i][0], *taken) == 0) {
            return plain_letter[i][1];
        }
    }

    *taken = 1;
    one[0] = (char)(*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text);
    one[1] = '\0';
    if (*text == '-' || *text == '\'') {
        return "";
    }
    if (one[0] < 'a' || one[0] > 'z') {
        stop(4, "names.c: the plain letter for a letter of '%s' is missing", text);
    }
    return one;
}

/* Appends the plain form of text to target, which has room for it. */
static void append_plain(char *target, size_t target_size, const char *text)
{
    size_t len = 0;
    while (*text != '\0' && len + 2 < target_size) {
        char one[2];
        size_t taken = 0;
        const char *plain = plain_of(text, one, &taken);
        len += (size_t)snprintf(target + len, target_size - len, "%s", plain);
        text += taken;
    }
}

void name_email(struct name name, size_t number, char *target, size_t target_size)
{
    static const char *const domain[] = {"example.com", "example.org", "example.net"};
    char first[40] = "";
    char last[40] = "";
    append_plain(first, sizeof first, name.first);
    append_plain(last, sizeof last, name.last);
    const int len = snprintf(target, target_size, "%s.%s%zu@%s", first, last, number,
                             domain[number % COUNT_OF(domain)]);
    if (len < 0 || (size_t)len >= target_size) {
        stop(4, "an e-mail address is longer than %zu bytes", target_size);
    }
}
