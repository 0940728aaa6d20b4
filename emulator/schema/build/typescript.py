"""Writes types.ts: the vim25 types for the compiler only; nothing of it exists at run time."""

PLAIN = {
    'boolean': 'boolean', 'byte': 'number', 'short': 'number', 'int': 'number', 'long': 'number',
    'float': 'number', 'double': 'number', 'string': 'string', 'dateTime': 'string',
    'binary': 'string', 'anyURI': 'string', 'typeName': 'string', 'methodName': 'string',
    'propertyPath': 'string', 'any': 'unknown', 'moref': 'MoRef',
}
NAMESPACE = 'vim25'
WIDTH = 100

HEAD = '''
import type { MoRef } from '../model.js'

// Values as docs/decisions/0002-values-in-memory.md lays down: a long beyond 2^53 is the one
// number that is a string at run time; any slots are unknown.

/** What a method takes and gives; `task` is what Task.info.result carries in the end. */
export interface Signature<Args, Result, Task = void> {
  args: Args
  result: Result
  task: Task
}
type NoArgs = Record<string, never>
'''

TAIL = '''
export type ManagedTypeName = keyof ManagedTypes
export type DataTypeName = keyof DataTypes
export type FaultName = keyof Faults
export type EventName = keyof Events
/** Managed properties: `Props<'VirtualMachine'>` is `VirtualMachineProps`. */
export type Props<T extends ManagedTypeName> = ManagedTypes[T]['props']
export type Methods<T extends ManagedTypeName> = ManagedTypes[T]['methods']
/** Names of the methods of a managed type, inherited ones included. */
export type MethodName<T extends ManagedTypeName> = keyof Methods<T> & string
/** Arguments by parameter name, without `_this`. */
export type MethodArgs<T extends ManagedTypeName, M extends MethodName<T>> =
  Methods<T>[M] extends { args: infer A } ? A : never
/** What the response carries; for a task the reference to it. */
export type MethodResult<T extends ManagedTypeName, M extends MethodName<T>> =
  Methods<T>[M] extends { result: infer R } ? R : never
/** What the task's `info.result` carries when it succeeds. */
export type TaskResult<T extends ManagedTypeName, M extends MethodName<T>> =
  Methods<T>[M] extends { task: infer R } ? R : never
'''


def type_text(prop):
    name = PLAIN.get(prop.kind, prop.type)
    return name + ('[]' if prop.array else '')


def member(prop):
    return f'{prop.name}{"?" if prop.optional else ""}: {type_text(prop)}'


def filled(items, separator, indent):
    """Items over lines of at most 100 columns, with the separator between those of one line."""
    lines, line = [], ''
    for item in items:
        if line and len(indent) + len(line) + len(separator) + len(item) > WIDTH:
            lines.append(indent + line)
            line = ''
        line += (separator if line else '') + item
    return [*lines, indent + line] if line else lines


def interface(name, base, members):
    head = f'export interface {name}' + (f' extends {base}' if base else '')
    if not members:
        return [head + ' {}']
    return [head + ' {', *filled(members, '; ', '  '), '}']


def data_lines(entry):
    members = [member(prop) for prop in entry.properties]
    if not entry.base:
        members.insert(0, '_typeName?: string')
    return interface(entry.name, entry.base, members)


def enum_lines(entry):
    values = [f"'{value}'" for value in entry.values]
    return [f'export type {entry.name} =', *filled([f'| {v}' for v in values], ' ', '  ')]


def result_text(prop):
    if prop is None:
        return 'void'
    return type_text(prop) + (' | undefined' if prop.optional else '')


def method_lines(method):
    params = [member(prop) for prop in method.params]
    ends = result_text(method.result)
    if method.task_result:
        ends += f', {result_text(method.task_result)}'
    if not params:
        return [f'  {method.name}: Signature<NoArgs, {ends}>']
    line = f'  {method.name}: Signature<{{ {"; ".join(params)} }}, {ends}>'
    if len(line) <= WIDTH:
        return [line]
    return [f'  {method.name}: Signature<{{', *filled(params, '; ', '    '), f'  }}, {ends}>']


def managed_lines(entry):
    base = f'{entry.base}Props' if entry.base else None
    lines = interface(f'{entry.name}Props', base, [member(prop) for prop in entry.properties])
    head = f'export interface {entry.name}Methods'
    head += f' extends {entry.base}Methods' if entry.base else ''
    if not entry.methods:
        return [*lines, head + ' {}']
    methods = [line for method in entry.methods for line in method_lines(method)]
    return [*lines, head + ' {', *methods, '}']


def is_event(entry, types):
    while entry:
        if entry.name == 'Event':
            return True
        entry = types.get(entry.base)
    return False


def map_lines(name, comment, entries, extends=''):
    members = [f'{entry.name}: {entry.name}' for entry in entries]
    return ['', f'/** {comment} */', f'export interface {name}{extends} {{',
            *filled(members, '; ', '  '), '}']


def maps(types):
    data = [entry for entry in types.values() if entry.kind == 'data']
    faults = [entry for entry in data if entry.fault]
    events = [entry for entry in data if is_event(entry, types)]
    others = [entry for entry in data if entry not in faults and entry not in events]
    managed = [entry.name for entry in types.values() if entry.kind == 'managed']
    return [*map_lines('Faults', 'Every MethodFault by its name.', faults),
            *map_lines('Events', 'Every event by its name.', events),
            *map_lines('DataTypes', 'Every data type by its name.', others,
                       ' extends Faults, Events'),
            '', '/** Every managed type by its name. */', 'export interface ManagedTypes {',
            *(f'  {name}: {{ props: {name}Props; methods: {name}Methods }}' for name in managed),
            '}']


LINES = {'data': data_lines, 'enum': enum_lines, 'managed': managed_lines}


def write_types(model, path, banner):
    types = dict(sorted(model.types[NAMESPACE].items()))
    lines = [f'// {banner}', *HEAD.split('\n')]
    for entry in types.values():
        lines += LINES[entry.kind](entry)
    lines += [*maps(types), *TAIL.split('\n')]
    path.write_text('\n'.join(lines).rstrip('\n') + '\n', encoding='ascii', newline='\n')
