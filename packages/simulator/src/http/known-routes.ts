/** Paths and methods of vLLM 0.32.0 with a generative model, from its `/openapi.json` (005), and two that it hides. */
export const KNOWN_ROUTES: Readonly<Record<string, readonly string[]>> = {
  '/load': ['GET'],
  '/version': ['GET'],
  '/kv_event_sources': ['GET'],
  '/health': ['GET'],
  '/metrics': ['GET'],
  '/tokenize': ['POST'],
  '/detokenize': ['POST'],
  '/v1/models': ['GET'],
  '/v1/systemone': ['POST'],
  '/ping': ['GET', 'POST'],
  '/invocations': ['POST'],
  '/v1/chat/completions': ['POST'],
  '/v1/chat/completions/batch': ['POST'],
  '/v1/responses': ['POST'],
  '/v1/responses/{response_id}': ['GET'],
  '/v1/responses/{response_id}/cancel': ['POST'],
  '/v1/completions': ['POST'],
  '/v1/messages': ['POST'],
  '/v1/messages/count_tokens': ['POST'],
  '/generative_scoring': ['POST'],
  '/scale_elastic_ep': ['POST'],
  '/is_scaling_elastic_ep': ['POST'],
};

/** Not in the document (512). */
const HIDDEN: Readonly<Record<string, readonly string[]>> = {
  '/v1/chat/completions/render': ['POST'],
  '/docs': ['GET', 'HEAD'],
  '/openapi.json': ['GET', 'HEAD'],
};

/** The methods of a path; undefined for a path that nobody answers. */
export function methodsOf(path: string): readonly string[] | undefined {
  return KNOWN_ROUTES[path] ?? HIDDEN[path];
}
