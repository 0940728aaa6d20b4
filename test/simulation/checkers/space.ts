import { folderSizes } from './volumes.js'
import type { CheckerKind } from '../checker.js'

/** I17: what is used of a volume is the sum of its files and of what else lies there, within its capacity. */
export const spaceAddsUp: CheckerKind = {
  invariant: 'I17',
  title: 'space used of a volume stays the sum of its files, and within its capacity',
  make: ({ lab, broken }) => {
    // What is no file of the lab was there from the start.
    const other = new Map(folderSizes(lab.world).map(({ volume, used, files }) => [volume, used - files]))
    return {
      end: () => {
        for (const { volume, used, capacity, files } of folderSizes(lab.world)) {
          if (used > capacity) broken(`${volume}: ${used} of ${capacity} bytes used`)
          if (used - files !== other.get(volume)) broken(`${volume}: ${used} used, ${files} in files, ${other.get(volume)} else`)
        }
      },
    }
  },
}
