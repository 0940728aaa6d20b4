import type { LogLine } from '../../physics/logs/line.js'
import type { LogExpectation } from '../format-expect.js'
import { countVerdict, type Judge, type Sight } from './model.js'

/** Lines of a log file that were written since the span began. */
export function logJudge(expectation: LogExpectation, { lab, since }: Sight): Judge {
  const { node, log: file, count } = expectation
  const pattern = new RegExp(expectation.pattern)
  let lines = 0
  return {
    look: () => lab.logName(node, file) === undefined
      ? { holds: false, actual: `${node} has no log ${file}` } : countVerdict(count, lines, 'line'),
    concerns: entry => {
      if (entry.time < since || entry.appended.length === 0) return false
      const name = lab.logName(node, file)
      const found = entry.appended.filter(item =>
        item.log === name && pattern.test(lab.logText(node, item.value as LogLine)))
      lines += found.length
      return found.length > 0
    },
  }
}
