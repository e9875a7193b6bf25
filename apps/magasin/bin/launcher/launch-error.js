/** Why nothing could be started, in words for the person who tried. */
export class LaunchError extends Error {
  constructor(message, exitCode = 2) {
    super(message)
    this.exitCode = exitCode
  }
}
