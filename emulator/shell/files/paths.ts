/** An absolute path without `.`, `..` and double slashes; `folder` is where a relative one begins. */
export function absolute(folder: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** The folder and the last name of an absolute path. */
export function splitPath(path: string): { readonly folder: string, readonly name: string } {
  const at = path.lastIndexOf('/')
  return { folder: at <= 0 ? '/' : path.slice(0, at), name: path.slice(at + 1) }
}

/** The path of something in a folder. */
export function inFolder(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}
