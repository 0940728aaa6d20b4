/**
 * Messages that wait for one log host at the most: our own figure, the product's is not known. They
 * are dropped when so many percent of it are taken (`Syslog.global.msgQueueDropMark`).
 */
export const QUEUE_MESSAGES = 2000

/** Time until an appliance's rsyslog tries a lost target again: the default of rsyslog's actions. */
export const APPLIANCE_RETRY_MS = 30_000

/** Share of the queue that an appliance's rsyslog fills, in percent. */
export const APPLIANCE_DROP_MARK = 90

/** Longest message that an appliance's rsyslog sends: the default of rsyslog. */
export const APPLIANCE_MESSAGE_BYTES = 8192
