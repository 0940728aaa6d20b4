import { describe, expect, it } from 'vitest'
import { loadLab } from '../../../emulator/inventory/lab-file.js'
import { Lab } from '../../../emulator/lab.js'
import { filesOfLog } from '../../../emulator/physics/logs/files.js'
import { logName, writeLog } from '../../../emulator/physics/logs/write.js'

describe('a million lines', () => {
  it('are bounded in memory, and the files count them all', () => {
    const lab = new Lab({ lab: loadLab('small'), seed: '1', clock: { mode: 'manual' } })
    try {
      const lines = 1_000_000
      const each = 100
      const text = 'x'.repeat(100)
      for (let done = 0; done < lines; done += each) {
        lab.world.transact({ kind: 'lab', what: 'test' }, tx => {
          for (let i = 0; i < each; i += 1) writeLog(tx, 'esx-01', 'hostd', { level: 'info', sub: 'Vimsvc', text })
        })
      }
      const log = lab.world.log(logName(lab.world, 'esx-01', 'hostd'))
      expect(log.last).toBeGreaterThanOrEqual(lines)
      expect(log.last - log.first + 1).toBeLessThanOrEqual(10_000)
      const files = filesOfLog(lab.world, log.name, 10)
      // 10 MiB of a host's hostd.log are more lines than are kept: the rest of the file is still counted.
      expect(files[0]!.rows).toBeGreaterThan(files[0]!.last - files[0]!.first)
      expect(files.length).toBeLessThanOrEqual(2)
      expect(log.snapshot().items.length).toBeLessThanOrEqual(10_000)
    } finally {
      lab.stop()
    }
  }, 120_000)
})
