import type { Expectation } from '../format-expect.js'
import { alarmJudge } from './alarms.js'
import { eventJudge, orderJudge } from './events.js'
import { logJudge } from './logs.js'
import type { Judge, Sight } from './model.js'
import { propertyJudge } from './property.js'
import { connectJudge, httpJudge } from './sockets.js'
import { shellJudge } from './shell.js'
import { taskJudge } from './tasks.js'
import { truthJudge } from './truth.js'

/** The judge of an expectation. */
export function judgeOf(expectation: Expectation, sight: Sight): Judge {
  if ('property' in expectation) return propertyJudge(expectation, sight)
  if ('event' in expectation) return eventJudge(expectation, sight)
  if ('order' in expectation) return orderJudge(expectation, sight)
  if ('task' in expectation) return taskJudge(expectation, sight)
  if ('alarm' in expectation) return alarmJudge(expectation, sight)
  if ('log' in expectation) return logJudge(expectation, sight)
  if ('connect' in expectation) return connectJudge(expectation, sight)
  if ('http' in expectation) return httpJudge(expectation, sight)
  if ('shell' in expectation) return shellJudge(expectation, sight)
  return truthJudge(expectation, sight)
}
