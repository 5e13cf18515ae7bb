import type { ArrivedMail } from './mail-transport.contract.ts';

/** Reads a mail of two alternatives, quoted-printable or plain, as far as our own mails go. */
export function readMail(source: string): ArrivedMail {
  const [head = '', ...rest] = source.split('\r\n\r\n');
  const boundary = /boundary="([^"]+)"/.exec(head)![1]!;
  const parts = rest.join('\r\n\r\n').split(`--${boundary}`);
  const bodyOf = (type: string) => {
    const [partHead = '', ...body] = parts.find((part) => part.includes(`Content-Type: ${type}`))!.split('\r\n\r\n');
    const content = body.join('\r\n\r\n').replace(/\r\n$/, '');
    const isQuoted = partHead.includes('quoted-printable');
    return (isQuoted ? unquote(content) : content).replaceAll('\r\n', '\n');
  };
  const header = (name: string) =>
    new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'm').exec(head)![1]!.replaceAll(/\r\n[ \t]/g, ' ');
  return {
    messageId: header('Message-ID'),
    from: header('From'),
    to: header('To'),
    subject: header('Subject'),
    text: bodyOf('text/plain'),
    html: bodyOf('text/html'),
  };
}

const unquote = (quoted: string): string =>
  Buffer.from(
    quoted
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
