/** Throws where this process may not write any more; to be asked right before each write. */
export type Fence = () => void;

/** This process does not lead, or has not been able to make sure of it lately: what it was about to do was not done. */
export class NotLeadingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotLeadingError';
  }
}
