/** Takes messages to one receiver, over real sockets. */
export interface MessageSender {
  /** One message, without framing. What cannot be sent is lost; a stream reports that. */
  send(text: string): void
  close(): void
}
