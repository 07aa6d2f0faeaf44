#!/usr/bin/env python3
"""fair_pages.py WORDS.DEF PAGE.html... - dark patterns in the dashboard's pages, as they were served.

Rules after EDPB Guidelines 03/2022, the cookie-banner task force of 2023, CNIL 2020-091 and -092 and
California's section 7004: a no stands beside each yes, alike in tag, class, words and clicks; nothing is
pre-ticked; the choices are one click away on each page; no word shames, hurries or hides. And plain
words: short sentences, at a reading age of about twelve.
"""
import re
import sys
from html.parser import HTMLParser

VOID = {'meta', 'link', 'input', 'br', 'hr', 'img'}
SHAME = r"""(?i)no thanks|hurry|last chance|only today|limited time|don.t miss|miss out|you.ll lose|are you
|sure you|prefer not to save|hate sav|ruin|sorry to see|we.ll miss|unfortunately|improve your experience
|best experience|accept all|some features|recommended|act now|before it.s too late|trusted partners
|legitimate business|enhance"""
SHAME = ''.join(SHAME.split('\n'))
PAIRS = {('answer', 'yes'): ('answer', 'no'), ('answer', 'on'): ('answer', 'off')}


class Page(HTMLParser):
    def __init__(self, name):
        super().__init__(convert_charrefs=True)
        self.name, self.faults = name, []
        self.stack, self.forms, self.form, self.button = [], [], None, None
        self.text, self.headings, self.ids, self.labels, self.inputs = [], [], [], set(), []
        self.links = []

    def fault(self, text):
        self.faults.append('%s: %s' % (self.name, text))

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        for key in at:
            if key.startswith('on') or key == 'style':
                self.fault('<%s> has the attribute %s' % (tag, key))
        for key in ('checked', 'selected', 'autofocus', 'disabled'):
            if key in at and not (key == 'selected' and '/data/' in (self.form or {}).get('action', '')):
                self.fault('<%s> is %s already' % (tag, key))
        if tag in ('script', 'iframe', 'dialog', 'marquee', 'blink'):
            self.fault('there is a <%s>' % tag)
        if 'id' in at:
            self.ids.append(at['id'])
        if tag == 'form':
            self.form = {'action': at.get('action', ''), 'buttons': [], 'hidden': {}, 'at': self.getpos()}
            self.forms.append(self.form)
        if tag == 'label':
            self.labels.add(at.get('for'))
        if tag == 'input' and at.get('type') == 'hidden' and self.form is not None:
            self.form['hidden'][at.get('name')] = at.get('value')
        elif tag in ('input', 'select', 'textarea'):
            self.inputs.append(at.get('id'))
        if tag == 'a':
            self.links.append(at.get('href', ''))
            if re.match(r'(?i)https?:|//|javascript:', at.get('href', '')):
                self.fault('a link leaves: %s' % at['href'])
        if re.fullmatch('h[1-6]', tag):
            self.headings.append(int(tag[1]))
        if tag == 'button':
            self.button = {'attrs': {k: v for k, v in at.items() if k not in ('name', 'value')},
                           'key': (at.get('name'), at.get('value')), 'text': '',
                           'parent': list(self.stack)}
            if self.form is None:
                self.fault('a button outside of a form')
            else:
                self.form['buttons'].append(self.button)
        if tag not in VOID:
            self.stack.append((tag, at.get('class'), self.getpos()))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass
        if tag == 'button':
            self.button = None
        if tag == 'form':
            self.form = None

    def handle_data(self, data):
        if self.button is not None:
            self.button['text'] += data
        if not any(tag in ('style', 'pre', 'title') for tag, _, _ in self.stack):
            self.text.append(data)


def check_form(page, form):
    keys = {b['key']: b for b in form['buttons']}
    if 'form' not in form['hidden'] and form['action'] != '/login':
        page.fault('the form %s has no token' % form['action'])
    for yes, no in PAIRS.items():
        if yes not in keys:
            continue
        if no not in keys:
            page.fault('%s asks for a yes, and has no no beside it' % form['action'])
            continue
        one, other = keys[yes], keys[no]
        if one['attrs'] != other['attrs']:
            page.fault('the buttons of %s differ: %s, %s' % (form['action'], one['attrs'], other['attrs']))
        if one['parent'] != other['parent']:
            page.fault('the buttons of %s do not stand side by side' % form['action'])
        if len(one['text'].split()) != len(other['text'].split()):
            page.fault('"%s" and "%s" are not of a kind' % (one['text'], other['text']))
    for button in form['buttons']:
        if not button['text'].strip():
            page.fault('a button of %s says nothing' % form['action'])
        if button['attrs'].get('class') in ('main', 'danger'):
            page.fault('a button of %s stands out: %s' % (form['action'], button['text']))


def check_page(name):
    text = open(name, encoding='utf-8').read()
    page = Page(name)
    page.feed(text)
    for form in page.forms:
        check_form(page, form)
    if '/me/' not in page.links:
        page.fault('no link to the choices')
    if not any(f['action'] == '/logout' for f in page.forms):
        page.fault('no way to sign out')
    found = re.search(SHAME, ' '.join(page.text))
    if found:
        page.fault('it says "%s"' % found.group(0))
    if page.headings.count(1) != 1:
        page.fault('%d first headings' % page.headings.count(1))
    for before, after in zip(page.headings, page.headings[1:]):
        if after > before + 1:
            page.fault('a heading of level %d after one of level %d' % (after, before))
    for one in page.inputs:
        if one not in page.labels:
            page.fault('an input without a label: %s' % one)
    for one in set(page.ids):
        if page.ids.count(one) > 1:
            page.fault('the id %s stands twice' % one)
    if len(text.encode()) > 100 * 1024:
        page.fault('%d bytes' % len(text.encode()))
    return page.faults


def syllables(word):
    word = re.sub(r'[^a-z]', '', word.lower())
    count = len(re.findall(r'[aeiouy]+', word))
    if word.endswith('e') and not word.endswith('le') and count > 1:
        count -= 1
    return max(count, 1)


def check_words(name):
    """Flesch-Kincaid: (0.39 words a sentence) + (11.8 syllables a word) - 15.59; grade 7 is age 12."""
    faults, words, sentences, sounds = [], 0, 0, 0
    for key, text in re.findall(r'^WORD\((ME_\w+), "((?:[^"\\]|\\.)*)"\)', open(name, encoding='utf-8').read(), re.M):
        if re.search(SHAME, text):
            faults.append('%s says "%s"' % (key, re.search(SHAME, text).group(0)))
        for sentence in re.split(r'(?<=[.?!:])\s+', re.sub(r'\{\d\}', 'it', text)):
            found = re.findall(r"[A-Za-z'-]+", sentence)
            if len(found) > 25:
                faults.append('%s has a sentence of %d words' % (key, len(found)))
            if len(found) > 3:
                words, sentences, sounds = words + len(found), sentences + 1, sounds + sum(map(syllables, found))
    grade = 0.39 * words / sentences + 11.8 * sounds / words - 15.59
    print('reading grade %.1f over %d sentences' % (grade, sentences))
    if grade > 6:
        faults.append('reading grade %.1f: more than 6' % grade)
    return faults


def main():
    faults = check_words(sys.argv[1])
    for name in sys.argv[2:]:
        faults += check_page(name)
    print('\n'.join('not true: ' + fault for fault in faults))
    return 1 if faults else 0


sys.exit(main())
