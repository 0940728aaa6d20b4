/** Tests whether a name is meant: the name itself, or a glob with `*`. Made ready for many names. */
export function nameMatcher(glob: string): (name: string) => boolean {
  if (glob === '*') return () => true
  if (!glob.includes('*')) return name => name === glob
  const source = glob.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')
  const pattern = new RegExp(`^${source}$`)
  return name => pattern.test(name)
}
