/**
 * Freezes a value and all that it holds, down to what is frozen already: records share most of
 * what they hold, and a shared part is looked at once and no deeper. Values are plain JSON.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) {
      if (typeof value[i] === 'object') deepFreeze(value[i])
    }
  } else {
    const object = value as Record<string, unknown>
    for (const key in object) {
      if (typeof object[key] === 'object') deepFreeze(object[key])
    }
  }
  return Object.freeze(value)
}
