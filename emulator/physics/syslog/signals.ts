declare module '../../world/signals.js' {
  interface SignalMap {
    /**
     * A node lost a log host, has it again after that was told, or has no room for more messages to
     * it (`overflowed`). `dropped`: messages of this
     * time without it, or just now, that will never be sent.
     */
    'syslog.remote': {
      readonly node: string, readonly url: string, readonly label: string
      readonly state: 'lost' | 'restored' | 'overflowed', readonly dropped: number
    }
    /** A stream was connected: what waited is sent now, so many messages after these positions. */
    'syslog.flush': {
      readonly node: string, readonly url: string
      readonly after: Readonly<Record<string, number>>, readonly keep: number
    }
  }
  interface JobMap {
    'syslog.retry': { readonly node: string, readonly url: string }
  }
}

export {}
