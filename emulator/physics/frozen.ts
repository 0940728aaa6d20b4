/** The empty list, for properties that are set but have nothing in them. */
export const emptyList: never[] = Object.freeze([]) as unknown as never[]
