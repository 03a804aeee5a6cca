const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** An answer of the query protocol: `<XResponse><XResult>…`. */
export function answer(operation: string, result: string, requestId: string): string {
  const metadata = `<ResponseMetadata>${tag('RequestId', requestId)}</ResponseMetadata>`
  return `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${result}</${operation}Result>${metadata}</${operation}Response>`
}

/** A refusal of the query protocol. */
export function refusal(code: string, message: string, requestId: string, status: number): string {
  const error = tag('Type', status < 500 ? 'Sender' : 'Receiver') + tag('Code', code) + tag('Message', message)
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error>${error}</Error>${tag('RequestId', requestId)}</ErrorResponse>`
}

export function tag(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
