// The providers' conformance suite inside workerd: its cryptography, its text and its clock are what the adapters meet there.

/** Answers what became of the cases of one provider: `?provider=`. The cases come with the first request, for they draw random numbers where they are defined. */
const serve = async (request: Request): Promise<Response> => {
  const { runCases } = await import('./conformance-cases.ts')
  return Response.json(await runCases(new URL(request.url).searchParams.get('provider') ?? ''))
}

export const conformanceWorker = { fetch: serve }
