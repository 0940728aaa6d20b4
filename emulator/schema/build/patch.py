"""Applies patches.json: what the tables lack or have wrong, each with its reason."""

import json
import re

from model import KINDS, Method, Property, Type

NOTATION = re.compile(r'^(?P<type>\w+)(?P<array>\[\])?(?P<optional>\?)?(?:@(?P<since>[\w.]+))?$')


class Patcher:
    """`patches.json` is a list; each item has a reason, a namespace and some of
    data, managed, privileges, enumValues. Types are written `Name[]?@version`."""

    def __init__(self, model):
        self.model = model

    def apply(self, path):
        with open(path, encoding='utf-8') as file:
            patches = json.load(file)['patches']
        for patch in patches:
            self._apply_one(patch)

    def _apply_one(self, patch):
        if not patch.get('reason'):
            raise SystemExit('a patch without a reason')
        self.namespace = patch.get('namespace', 'vim25')
        self.types = self.model.types[self.namespace]
        for kind in ('data', 'managed'):
            for name, spec in patch.get(kind, {}).items():
                self._declare(kind, name, spec)
        for kind in ('data', 'managed'):
            for name, spec in patch.get(kind, {}).items():
                self._fill(self.types[name], spec)
        for path, privilege in patch.get('privileges', {}).items():
            self._set_privilege(path, privilege)
        for name, values in patch.get('enumValues', {}).items():
            self._set_value_since(self.types[name], values)

    def _index(self, version):
        return self.model.versions.ids(self.namespace).index(version)

    def _declare(self, kind, name, spec):
        if name not in self.types:
            self.types[name] = Type(kind, name, spec['vmodl'], spec.get('base'),
                                    self._index(spec['since']), spec.get('group', 'vim'))

    def _fill(self, entry, spec):
        entry.properties += [self._property(name, text, entry.since)
                             for name, text in spec.get('properties', {}).items()]
        for name, method in spec.get('methods', {}).items():
            entry.methods.append(self._method(name, method))

    def _method(self, name, spec):
        since = self._index(spec['since'])
        result = self._property('returnval', spec['result'], since) if 'result' in spec else None
        task = self._property('result', spec['taskResult'], since) if 'taskResult' in spec else None
        params = [self._property(param, text, since) for param, text in spec['params'].items()]
        return Method(name, spec['vmodl'], since, params, result, task, spec.get('privilege'),
                      spec.get('faults', []), internal=True)

    def _property(self, name, text, since):
        match = NOTATION.match(text)
        if not match:
            raise SystemExit(f'cannot read the type {text} of {name}')
        type_name = match['type']
        at = self._index(match['since']) if match['since'] else since
        return Property(name, self._kind(type_name), type_name, bool(match['array']),
                        bool(match['optional']), at)

    def _kind(self, name):
        if name in KINDS:
            return name
        if name not in self.types:
            raise SystemExit(f'patches.json names {name}, which {self.namespace} does not have')
        kind = self.types[name].kind
        return 'moref' if kind == 'managed' else kind

    def _set_privilege(self, path, privilege):
        type_name, method_name, *param = path.split('.')
        method = next(m for m in self.types[type_name].methods if m.name == method_name)
        target = method
        if param:
            target = next(p for p in method.params if p.name == param[0])
        target.privilege = privilege

    def _set_value_since(self, entry, values):
        for value, version in values.items():
            if value not in entry.values:
                raise SystemExit(f'{entry.name} has no value {value}')
            if self._index(version) > entry.since:
                entry.value_since[value] = self._index(version)
