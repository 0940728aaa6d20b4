"""Writes the compact tables. The format is read by emulator/schema/table.ts."""

from model import NAMESPACES

SIGILS = {'data': '=', 'moref': '&', 'enum': '~'}
GROUPS = {'vim': '', 'core': 'c', 'query': 'q', 'reflect': 'r', 'internal': 'i'}
LETTERS = {'data': 'D', 'enum': 'E', 'managed': 'M'}


def reference(prop):
    """`=HostConfigInfo[]?`, `string`, `&Task`: kind, name, array, optional."""
    sigil = SIGILS.get(prop.kind)
    name = sigil + prop.type if sigil else prop.kind
    return name + ('[]' if prop.array else '') + ('?' if prop.optional else '')


def field_text(prop, since):
    """`name:type@since!privilege`; since is left out where it is the owner's."""
    text = f'{prop.name}:{reference(prop)}'
    if prop.since > since:
        text += f'@{prop.since}'
    if prop.privilege:
        text += f'!{prop.privilege}'
    return text


def data_line(entry):
    flags = ('f' if entry.fault else '') + ('s' if entry.has_subtypes else '')
    head = f'{entry.name} {entry.base or "-"} {entry.since} {flags}{GROUPS[entry.group]}'
    return [head, *(field_text(p, entry.since) for p in entry.properties)]


def enum_line(entry):
    if any(mark in value for value in entry.values for mark in '@|\n'):
        raise SystemExit(f'a value of {entry.name} holds a mark of the table format')
    values = [f'{v}@{entry.value_since[v]}' if v in entry.value_since else v for v in entry.values]
    return [f'{entry.name} - {entry.since} {GROUPS[entry.group]}', *values]


def managed_line(entry):
    head = f'{entry.name} {entry.base or "-"} {entry.since} {GROUPS[entry.group]} {entry.vmodl}'
    return [head, *(field_text(p, entry.since) for p in entry.properties)]


def method_line(method):
    vmodl = '' if method.vmodl == method.name else method.vmodl
    head = ' '.join((
        '+' + method.name, vmodl, str(method.since), 'i' if method.internal else '',
        (method.privilege or '').replace(' ', '+'),
        reference(method.result) if method.result else '',
        reference(method.task_result) if method.task_result else '', ','.join(method.faults)))
    return '|'.join([head, *(field_text(p, method.since) for p in method.params)])


LINES = {'data': data_line, 'enum': enum_line, 'managed': managed_line}


def table_text(model, namespace, banner):
    """The whole table of one namespace: a banner, then one line a type, sorted by name."""
    lines = [f'# {banner}']
    types = model.types[namespace]
    for name in sorted(types):
        entry = types[name]
        lines.append(f'{LETTERS[entry.kind]}' + '|'.join(LINES[entry.kind](entry)))
        lines += [method_line(method) for method in entry.methods]
    return '\n'.join(lines) + '\n'


def write_tables(model, folder, banner):
    for namespace in NAMESPACES:
        text = table_text(model, namespace, banner)
        (folder / f'{namespace}.table').write_text(text, encoding='ascii', newline='\n')


def write_versions(model, path, banner):
    """versions.ts: the ordered ids of each namespace, and the vim25 version each one includes."""
    versions = model.versions
    text = (f'// {banner}\n\n/** Version ids of each namespace, oldest first. */\n'
            'export const VERSION_IDS = {\n')
    for namespace in NAMESPACES:
        text += wrapped(f'  {namespace}: [', [f"'{vid}'" for vid in versions.ids(namespace)])
    text += ('} as const\n\n/** For each of them the newest vim25 version (index) it includes, '
             '-1 for none. */\nexport const VIM_INDEX = {\n')
    for namespace in NAMESPACES:
        text += wrapped(f'  {namespace}: [', map(str, versions.vim_index(namespace)))
    path.write_text(text + '} as const\n', encoding='ascii', newline='\n')


def wrapped(head, items):
    """`head a, b, c],` over as many lines as 100 columns need."""
    lines, line = [head], '    '
    for item in items:
        if len(line) + len(item) > 97:
            lines.append(line.rstrip())
            line = '    '
        line += f'{item}, '
    return '\n'.join([*lines, line.rstrip(), '  ],', ''])
