"""Finds the pinned pyvmomi package and reads its type tables as plain Python tuples.

The tables are modules that call CreateDataType, CreateManagedType, CreateEnumType, AddVersion and
AddVersionParent. They are executed against a stand-in that records the calls, so nothing of the
package itself runs and no class is built.
"""

import importlib.util
import os
import subprocess
import sys
import types
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = 'pyvmomi'
VERSION = '9.1.1.0'
# Order matters: vsanhealth repeats names of vim and may only add what is missing.
MODULES = ('core', 'query', 'vim', 'eam', 'pbm', 'sms', 'vslm', 'vsanhealth')

F_LINK, F_LINKABLE, F_OPTIONAL, F_SECRET = 1, 2, 4, 8
EXIT_UNAVAILABLE = 3


@dataclass
class Tables:
    """The recorded calls. Each entry of data, managed and enums starts with its module's name."""

    data: list = field(default_factory=list)
    managed: list = field(default_factory=list)
    enums: list = field(default_factory=list)
    # version name -> (wire namespace, id, service namespace)
    versions: dict = field(default_factory=dict)
    # version name -> every version it includes, itself too
    includes: dict = field(default_factory=lambda: defaultdict(set))


class Anything:
    """Accepts any call; for the bookkeeping objects of the tables that carry no fact."""

    def __getattr__(self, _name):
        return lambda *_args: None


def package_folder():
    """Folder that holds the pinned package: FAUXSPHERE_PYVMOMI, or the cache, filled with pip."""
    given = os.environ.get('FAUXSPHERE_PYVMOMI')
    if given:
        return checked(Path(given))
    root = Path(__file__).resolve().parents[3]
    target = root / '.cache' / f'{PACKAGE}-{VERSION}'
    if not (target / 'pyVmomi').is_dir():
        install(target)
    return checked(target)


def install(target):
    """Install the pinned wheel, alone, into a cache folder; exits 3 when that is not possible."""
    print(f'installing {PACKAGE} {VERSION} into the cache folder', file=sys.stderr)
    command = [sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps', '--no-compile',
               '--disable-pip-version-check', '--target', str(target), f'{PACKAGE}=={VERSION}']
    if subprocess.run(command, check=False).returncode != 0:
        print(f'cannot install {PACKAGE} {VERSION}: the package registry or pip is not available',
              file=sys.stderr)
        raise SystemExit(EXIT_UNAVAILABLE)


def checked(folder):
    """The folder of the package, after a check that it is the pinned version."""
    metadata = folder / f'{PACKAGE}-{VERSION}.dist-info'
    if not (folder / 'pyVmomi').is_dir() or not metadata.is_dir():
        print(f'{folder} does not hold {PACKAGE} {VERSION}', file=sys.stderr)
        raise SystemExit(EXIT_UNAVAILABLE)
    return folder / 'pyVmomi'


def recorder(tables, module):
    """The stand-in for pyVmomi.VmomiSupport."""
    support = types.ModuleType('tables.VmomiSupport')
    support.CreateDataType = lambda *a: tables.data.append((module[0], *a))
    support.CreateManagedType = lambda *a: tables.managed.append((module[0], *a))
    support.CreateEnumType = lambda *a: tables.enums.append((module[0], *a))
    support.AddVersion = lambda name, ns, vid, _legacy=0, service='': \
        tables.versions.setdefault(name, (ns, vid, service))
    support.AddVersionParent = lambda version, parent: tables.includes[version].add(parent)
    support.AddBreakingChangesInfo = lambda *_a: None
    for name in ('newestVersions', 'ltsVersions', 'oldestVersions'):
        setattr(support, name, Anything())
    support.F_LINK, support.F_LINKABLE = F_LINK, F_LINKABLE
    support.F_OPTIONAL, support.F_SECRET = F_OPTIONAL, F_SECRET
    return support


def load(folder):
    """Run every table module of the package folder and give what it declared."""
    tables, module = Tables(), ['']
    package = types.ModuleType('tables')
    package.__path__ = [str(folder)]
    sys.modules['tables'] = package
    sys.modules['tables.VmomiSupport'] = recorder(tables, module)
    for name in MODULES:
        module[0] = name
        spec = importlib.util.spec_from_file_location(
            f'tables._typeinfo_{name}', folder / f'_typeinfo_{name}.py')
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return tables
