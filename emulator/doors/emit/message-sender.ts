/** Takes messages to one receiver, over real sockets. */
export interface MessageSender {
  /** One message, without framing. What cannot be sent is lost; a stream reports that. */
  send(text: string): void
  /** `gently`: what was given to `send` already is still written, if the receiver takes it. */
  close(gently: boolean): void
}
