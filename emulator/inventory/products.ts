import type { NodeKind, Product } from '../services/nodes.js'
import type { ProductName } from './lab-schema.js'

const table: Readonly<Record<ProductName, Readonly<Record<NodeKind, Product>>>> = {
  '6.7': {
    vcenter: { version: '6.7.0', build: '14367737', apiVersion: '6.7.3', patchLevel: '00000' },
    esxi: { version: '6.7.0', build: '14320388', apiVersion: '6.7.3', patchLevel: '3.0' },
  },
  '7.0.3': {
    vcenter: { version: '7.0.3', build: '18700403', apiVersion: '7.0.3.0', patchLevel: '00000' },
    esxi: { version: '7.0.3', build: '18644231', apiVersion: '7.0.3.0', patchLevel: '3.0' },
  },
  '8.0.3': {
    vcenter: { version: '8.0.3', build: '24022515', apiVersion: '8.0.3.0', patchLevel: '00000' },
    esxi: { version: '8.0.3', build: '24022510', apiVersion: '8.0.3.0', patchLevel: '3.0' },
  },
  '9.0': {
    vcenter: { version: '9.0.0', build: '24755230', apiVersion: '9.0.0.0', patchLevel: '00000' },
    esxi: { version: '9.0.0', build: '24755229', apiVersion: '9.0.0.0', patchLevel: '0.0' },
  },
}

/** Version facts of a product on a kind of node (protocols.md 2.5; 9.0 is general knowledge). */
export function productOf(name: ProductName, kind: NodeKind): Product {
  return table[name][kind]
}

/** The release that a product is of. */
export function productLike({ version }: Product): ProductName {
  const names = Object.keys(table) as ProductName[]
  return names.find(name => Object.values(table[name]).some(product => product.version === version)) ?? '8.0.3'
}

/** Default virtual hardware version of a release: 6.7 `vmx-15`, 7.0.3 19, 8.0.3 21, 9.0 22. */
export function hardwareVersionOf(product: Product): number {
  if (product.version.startsWith('6.')) return 15
  if (product.version.startsWith('7.')) return 19
  return product.version.startsWith('8.') ? 21 : 22
}
