/*
 * test_guess.c - a program is known without its name, and prose is never taken for one.
 */
#include "code.h"

#include "testing.h"

static const struct row {
    enum code_language language;
    const char *text;
} row[] = {
    {CODE_HTML, "<!doctype html>\n<html><body>Hi</body></html>"},
    {CODE_HTML, "<!-- mail -->\n<div class=\"a\"><a href=\"https://shop.example\">Buy</a></div>"},
    {CODE_HTML, "<script>document.write(location.hash)</script>"},
    {CODE_PHP, "<?php echo $_GET['name'];"},
    {CODE_PHP, "<html><body><?php echo $name; ?></body></html>"},
    {CODE_PHP, "$name = $_POST['name'];\n$db->query(\"SELECT 1\");\nif ($name) {\n    go();\n}"},
    {CODE_PYTHON, "#!/usr/bin/env python3\nprint('hi')"},
    {CODE_PYTHON, "import os\n\ndef run(name):\n    os.system('ls ' + name)\n"},
    {CODE_PYTHON, "from flask import request\nname = request.args['name']\nprint(name)"},
    {CODE_PYTHON,
     "# what it does\ntry:\n    load(path)\nexcept ValueError as error:\n    log(error)"},
    {CODE_JAVASCRIPT, "const name = location.hash;\ndocument.body.innerHTML = name;"},
    {CODE_JAVASCRIPT, "// a banner\nfunction show(text) {\n  box.innerHTML = text;\n}"},
    {CODE_JAVASCRIPT, "app.get('/', (req, res) => {\n  res.send(req.query.name);\n});"},
    {CODE_JAVASCRIPT, "import axios from 'axios';\n\nexport default axios.create({ timeout: 5 });"},
    {CODE_TYPESCRIPT,
     "const name: Name = read();\nfunction go(text: string): void {\n  say(text);\n}"},
    {CODE_TYPESCRIPT, "interface Shop {\n  name: string;\n}\nconst shops = [];"},
    {CODE_SQL, "SELECT name, email FROM people WHERE id = 3;"},
    {CODE_SQL, "select * from people"},
    {CODE_SQL, "-- all\nUPDATE people SET name = 'x';"},
    {CODE_SQL, "INSERT INTO people (name) VALUES ('Ada');"},
    {CODE_SQL, "create table people (\n  id int\n);"},
    {CODE_SQL,
     "with old as (select id from people) delete from people where id in (select id from old)"},
    {CODE_CSS, ".box { margin: 0; }"},
    {CODE_CSS, "/* page */\n@media (max-width: 40em) {\n  a { color: red }\n}"},
    {CODE_CSS, ":root { --accent: #123456; }"},
    {CODE_CSS, "input[value^=\"a\"] { background: url(https://evil.example/a) }"},
    /* prose, and what looks a little like a program */
    {CODE_NONE, ""},
    {CODE_NONE, "Dear Ms Lind,\n\nThank you for your order. It is on its way.\n\nKind regards"},
    {CODE_NONE, "Select a plan from the list, and update your address."},
    {CODE_NONE, "SELECT YOUR SIZE FROM THE LIST (IT IS EASY)"},
    {CODE_NONE, "Select colours from the menu; delete from it what you do not like."},
    {CODE_NONE, "Update your profile (set a picture) = more friends"},
    {CODE_NONE, "Create table decorations (with us) in 5 minutes;"},
    {CODE_NONE, "With this as (almost) a gift, you save."},
    {CODE_NONE, "For instance, we use cookies (small files), which are:"},
    {CODE_NONE, "Import duties are not included.\nFrom Hamburg import costs are low."},
    {CODE_NONE, "Class 2B: bring your books (all of them):"},
    {CODE_NONE, "Let me know = thanks; const is a keyword of JavaScript."},
    {CODE_NONE, "Function keys (F1 to F12) open the menu {see below}"},
    {CODE_NONE, "My box {the blue one}: 30 cm; color: red; margin of error: 2 }"},
    {CODE_NONE, "In JavaScript, write const a = 1; and then console.log(a).\nThat prints 1.\nEasy, "
                "is it not?\n"
                "const a = 1;"},
    {CODE_NONE, "<3 our new tea! It costs < 5 euros, and > 4."},
    {CODE_NONE, "{\"name\": \"Ada\", \"size\": 3}"},
    {CODE_NONE, "name: Ada\nsize: 3\nlist:\n  - one\n  - two"},
    {CODE_NONE, "password = \"h7Gk29xQ\"\nuser = ada"},
    {CODE_NONE,
     "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tname := 3\n\tfmt.Println(name)\n}"},
    {CODE_NONE, "using System;\nvar a = 1;\npublic class A { }"},
    {CODE_NONE, "# Title\n\nRead `import os` first, then call `def run():`.\n\n    import os\n"},
};

static void each_text_is_in_its_language(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const enum code_language language = code_language_guess(str_of(row[i].text));
        expect(language == row[i].language, "%u, not %u: %s", (unsigned)language,
               (unsigned)row[i].language, row[i].text);
    }
}

/* Every row cut anywhere, and bytes of it changed: reading stays within the text. */
static void any_bytes_will_do(void **state)
{
    (void)state;
    unsigned chance = 3;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct str text = str_of(row[i].text);
        for (size_t len = 0; len <= text.len; len++) {
            struct arena *arena = arena_begin();
            char *copy = NEW_ARRAY(arena, len + 1, char);
            bytes_copy(copy, text.ptr, len);
            (void)code_language_guess((struct str){copy, len});
            if (len > 0) {
                chance = chance * 1103515245U + 12345U;
                copy[chance / 65536 % len] = (char)(chance >> 8);
            }
            (void)code_language_guess((struct str){copy, len});
            arena_end(arena);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_text_is_in_its_language),
        cmocka_unit_test(any_bytes_will_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
