/** Aborted by Ctrl-C, by whoever ends the process politely, or because its terminal is closed. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      controller.abort();
    });
  }
  return controller.signal;
}

/**
 * Aborted once nobody reads any more what is written: `| head` closes the pipe early (EPIPE), and a terminal may be gone
 * (EIO). Both are no errors.
 */
export function lossOfReaders(): AbortSignal {
  const controller = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      controller.abort();
    });
  }
  return controller.signal;
}
