"""From recorded tables to resolved facts: WSDL names, wire kinds, version indexes."""

from dataclasses import dataclass, field

from source import F_LINK, F_OPTIONAL

NAMESPACES = ('vim25', 'pbm', 'sms', 'eam', 'vslm', 'vsan')
SERVICE_OF_MODULE = {'core': 'vim25', 'query': 'vim25', 'vim': 'vim25', 'vsanhealth': 'vsan'}
GROUP_OF_MODULE = {'core': 'core', 'query': 'query'}
PRIMITIVES = {
    'boolean': 'boolean', 'bool': 'boolean', 'byte': 'byte', 'short': 'short', 'int': 'int',
    'long': 'long', 'float': 'float', 'double': 'double', 'string': 'string', 'anyType': 'any',
    'vmodl.DateTime': 'dateTime', 'vmodl.Binary': 'binary', 'vmodl.URI': 'anyURI',
    'vmodl.TypeName': 'typeName', 'vmodl.MethodName': 'methodName',
    'vmodl.PropertyPath': 'propertyPath',
}
KINDS = frozenset(PRIMITIVES.values())
FAULT_ROOT = 'vmodl.MethodFault'


@dataclass
class Property:
    name: str
    kind: str
    type: str
    array: bool
    optional: bool
    since: int
    privilege: str | None = None


@dataclass
class Method:
    name: str
    vmodl: str
    since: int
    params: list
    result: Property | None
    task_result: Property | None
    privilege: str | None
    faults: list
    internal: bool = False


@dataclass
class Type:
    kind: str
    name: str
    vmodl: str
    base: str | None
    since: int
    group: str = 'vim'
    properties: list = field(default_factory=list)
    methods: list = field(default_factory=list)
    values: list = field(default_factory=list)
    value_since: dict = field(default_factory=dict)
    fault: bool = False
    has_subtypes: bool = False


class Versions:
    """Ordered version ids of each namespace, and the oldest that includes a given VMODL version."""

    def __init__(self, tables):
        self.tables = tables
        self.names = {}
        for namespace in NAMESPACES:
            own = [name for name, (_ns, vid, service) in tables.versions.items()
                   if service == namespace and vid]
            among = set(own)
            own.sort(key=lambda name: len(tables.includes[name] & among))
            self._check_order(own)
            self.names[namespace] = own

    def _check_order(self, own):
        for older, newer in zip(own, own[1:]):
            if older not in self.tables.includes[newer]:
                raise SystemExit(f'versions {older} and {newer} are not in one line')

    def ids(self, namespace):
        return [self.tables.versions[name][1] for name in self.names[namespace]]

    def since(self, version, namespace):
        """Index of the first version of the namespace that includes a VMODL version."""
        for index, name in enumerate(self.names[namespace]):
            if version in self.tables.includes[name]:
                return index
        raise SystemExit(f'no version of {namespace} includes {version}')

    def vim_index(self, namespace):
        """For each version of a namespace, the newest vim25 version it includes; -1 for none."""
        vim = self.names['vim25']
        return [max((i for i, v in enumerate(vim) if v in self.tables.includes[name]), default=-1)
                for name in self.names[namespace]]


class Model:
    """All types of all namespaces: `types[namespace][wsdl name]`."""

    def __init__(self, tables):
        self.versions = Versions(tables)
        self.types = {namespace: {} for namespace in NAMESPACES}
        self.by_vmodl = {FAULT_ROOT: ('data', 'LocalizedMethodFault'),
                         'vmodl.RuntimeFault': ('data', 'LocalizedMethodFault'),
                         'vmodl.ManagedObject': ('moref', 'ManagedObject')}
        self._register(tables)
        for entry in tables.data:
            self._add_data(*entry[:6])
        for entry in tables.enums:
            self._add_enum(*entry)
        for entry in tables.managed:
            self._add_managed(*entry)

    def _register(self, tables):
        parents = {entry[1]: entry[3] for entry in tables.data}
        self.bases = {entry[1]: entry[2] for entry in tables.data + tables.managed}
        self.bases.update({FAULT_ROOT: 'MethodFault', 'vmodl.RuntimeFault': 'RuntimeFault',
                           'vmodl.ManagedObject': 'ManagedObject'})
        for entry in tables.data:
            self.by_vmodl[entry[1]] = ('data', self._wire_name(entry[1], entry[2], parents))
        for kind, entries in (('enum', tables.enums), ('moref', tables.managed)):
            for entry in entries:
                self.by_vmodl[entry[1]] = (kind, entry[2])

    @staticmethod
    def _wire_name(vmodl, wsdl, parents):
        """A MethodFault below the top level travels inside a LocalizedMethodFault."""
        while vmodl:
            if vmodl in (FAULT_ROOT, 'vmodl.RuntimeFault'):
                return 'LocalizedMethodFault'
            vmodl = parents.get(vmodl)
        return wsdl

    def resolve(self, vmodl):
        """(kind, WSDL name, is array) of a VMODL type expression; None for void."""
        array = vmodl.endswith('[]')
        plain = vmodl[:-2] if array else vmodl
        if plain == 'void':
            return None
        if plain in PRIMITIVES:
            return PRIMITIVES[plain], PRIMITIVES[plain], array
        return (*self.by_vmodl[plain], array)

    def property(self, namespace, name, vmodl, version, flags, privilege=None):
        kind, type_name, array = self.resolve(vmodl)
        if flags & F_LINK:
            # A link carries the key of the object it points to, not the object.
            kind, type_name = 'string', 'string'
        since = self.versions.since(version, namespace)
        return Property(name, kind, type_name, array, bool(flags & F_OPTIONAL), since, privilege)

    def _place(self, module, entry):
        namespace = SERVICE_OF_MODULE.get(module, module)
        if entry.name in self.types[namespace]:
            raise SystemExit(f'{entry.name} is declared twice in {namespace}')
        self.types[namespace][entry.name] = entry

    def _new(self, kind, module, vmodl, wsdl, parent, version):
        namespace = SERVICE_OF_MODULE.get(module, module)
        base = None if parent in (None, 'vmodl.DataObject') else self.bases[parent]
        return namespace, Type(kind, wsdl, vmodl, base, self.versions.since(version, namespace),
                               GROUP_OF_MODULE.get(module, 'vim'))

    def _add_data(self, module, vmodl, wsdl, parent, version, props):
        namespace, entry = self._new('data', module, vmodl, wsdl, parent, version)
        # dynamicType and dynamicProperty never travel.
        entry.properties = [self.property(namespace, *prop[:4]) for prop in props or []
                            if prop[0] not in ('dynamicType', 'dynamicProperty')]
        self._place(module, entry)

    def _add_enum(self, module, vmodl, wsdl, version, values):
        _namespace, entry = self._new('enum', module, vmodl, wsdl, None, version)
        entry.values = list(values)
        self._place(module, entry)

    def _add_managed(self, module, vmodl, wsdl, parent, version, props, methods):
        namespace, entry = self._new('managed', module, vmodl, wsdl, parent, version)
        entry.properties = [self.property(namespace, *prop) for prop in props or []]
        entry.methods = [self._method(namespace, *method) for method in methods or []]
        self._place(module, entry)

    def _method(self, namespace, vmodl, wsdl, version, params, result, privilege, faults):
        flags, declared, of_task = result
        returned = None
        if declared != 'void':
            is_task = declared.endswith('.Task')
            returned = self.property(namespace, 'returnval', declared, version,
                                     0 if is_task else flags)
        # The third member differs from the second only where the declared result is a Task.
        task_result = None
        if of_task not in (declared, 'void'):
            task_result = self.property(namespace, 'result', of_task, version, flags)
        return Method(wsdl, vmodl, self.versions.since(version, namespace),
                      [self.property(namespace, *param) for param in params], returned, task_result,
                      privilege, [self.bases[fault] for fault in faults or []])

    def finish(self):
        """Mark faults and types that others extend. Call it after the patches."""
        known = {}
        for namespace in reversed(NAMESPACES):
            known.update(self.types[namespace])
        for namespace in NAMESPACES:
            for entry in self.types[namespace].values():
                self._mark(entry, {**known, **self.types[namespace]})

    @staticmethod
    def _mark(entry, known):
        base = entry
        while base.base:
            parent = known[base.base]
            if base is entry:
                parent.has_subtypes = True
            base = parent
        entry.fault = entry.kind == 'data' and base.name == 'MethodFault'
