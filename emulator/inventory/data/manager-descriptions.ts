import type {
  ElementDescription, PerformanceDescription, ScheduledTaskDescription, TypeDescription,
} from '../../schema/generated/types.js'
import { deepFreeze } from '../../world/freeze.js'

/** An element with its label; the summary repeats it unless given. */
export function element(key: string, label: string, summary = label): ElementDescription {
  return { label, summary, key }
}

/** Words of a camel-case key: `poweredOn` becomes `Powered on`. */
export function wordsOf(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export const perfDescription: PerformanceDescription = deepFreeze({
  counterType: [
    element('average', 'Average', 'Average of the samples of the interval'),
    element('maximum', 'Maximum', 'Largest sample of the interval'),
    element('minimum', 'Minimum', 'Smallest sample of the interval'),
    element('latest', 'Latest', 'Last sample of the interval'),
    element('summation', 'Summation', 'Sum of the samples of the interval'),
    element('none', 'None', 'Not rolled up'),
  ],
  statsType: [
    element('absolute', 'Absolute', 'Value at the time of the sample'),
    element('delta', 'Delta', 'Change since the sample before'),
    element('rate', 'Rate', 'Value by time'),
  ],
})

const schedulers: ReadonlyArray<readonly [string, string, string]> = [
  ['AfterStartupTaskScheduler', 'After startup', 'once'], ['OnceTaskScheduler', 'Once', 'once'],
  ['HourlyTaskScheduler', 'Hourly', 'hourly'], ['DailyTaskScheduler', 'Daily', 'daily'],
  ['WeeklyTaskScheduler', 'Weekly', 'weekly'], ['MonthlyByDayTaskScheduler', 'Monthly by day', 'monthly'],
  ['MonthlyByWeekdayTaskScheduler', 'Monthly by weekday', 'monthly'],
]

export const scheduledTaskDescription: ScheduledTaskDescription = deepFreeze({
  action: [
    element('MethodAction', 'Operation'), element('SendEmailAction', 'Send email'),
    element('SendSNMPAction', 'Send trap'), element('RunScriptAction', 'Run script'),
    element('CreateTaskAction', 'Create task'),
  ] satisfies TypeDescription[],
  schedulerInfo: schedulers.map(([key, label, frequency]) => ({ ...element(key, label), frequency })),
  state: ['queued', 'running', 'success', 'error'].map(key => element(key, wordsOf(key))),
  dayOfWeek: ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
    .map(key => element(key, wordsOf(key))),
  weekOfMonth: ['first', 'second', 'third', 'fourth', 'last'].map(key => element(key, wordsOf(key))),
})
