using Audrey.Agent.ConfigServer;

namespace Audrey.Agent.Stages.Give;

/// <summary>Sends the server the values that it requests.</summary>
internal sealed class GiveStage(RunContext run, IFactSource facts)
{
    /// <summary>Sends the requested values that are known. Returns whether every requested value was sent and accepted.</summary>
    public async Task<bool> RunAsync(IConfigServer server, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
        {
            if (run.Status.Current is not { Unknown.Count: 0, Refused.Count: 0 })
                run.Status.Update(current => current with { Unknown = [], Refused = [] });
            return true;
        }

        var values = await facts.FindAsync(names, cancellationToken);
        var refused = values.Count > 0 ? await server.GiveValuesAsync(values, cancellationToken) : [];
        string[] unknown = [.. names.Where(name => !values.ContainsKey(name))];
        run.Status.Update(current => current with { Unknown = unknown, Refused = refused });
        return unknown.Length + refused.Count == 0;
    }

    /// <summary>Sends the built-in facts. They are for people to read, so a failure does not matter.</summary>
    public static async Task GiveFactsAsync(IConfigServer server, CancellationToken cancellationToken)
    {
        try
        {
            await server.GiveFactsAsync(BuiltInFacts.FindAll(), cancellationToken);
        }
        catch (ServerException failure) when (failure is not ReregisteredException)
        {
            // Nothing waits for these facts.
        }
    }
}
