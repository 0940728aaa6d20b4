/** Freezes a template and all that is in it, so that records may share it. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) frozen(part)
  return value
}

/** The empty list, for properties that are set but have nothing in them. */
export const emptyList: never[] = Object.freeze([]) as unknown as never[]
