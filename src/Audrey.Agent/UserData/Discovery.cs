using Audrey.Agent.Commands;
using Audrey.Agent.PhoneHome;
using Audrey.Agent.Running;
using Audrey.Agent.UserData.Sources;

namespace Audrey.Agent.UserData;

/// <summary>Looks for user data in one source after the other, again and again: at boot the network may come later.</summary>
internal sealed class Discovery(IReadOnlyList<IUserDataSource> sources, RunOptions options, TimeProvider time, IPause pause, Action<string> log)
{
    /// <summary>The first user data found.</summary>
    /// <exception cref="AgentException">There is none, for as long as the options say.</exception>
    public async Task<byte[]> FindAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var backoff = new Backoff(options.FirstBackoff, options.MaxBackoff, Random.Shared);
        while (true)
        {
            foreach (var source in sources)
            {
                if (await source.FindAsync(cancellationToken) is not { } data) continue;
                log($"User data found: {source.Name}");
                return data;
            }

            if (options.Once || time.GetElapsedTime(start) > options.DiscoveryLimit)
                throw new AgentException(ExitCode.UserData, $"There is no user data: none of {string.Join(", ", sources.Select(source => source.Name))} has any.");
            await pause.WaitAsync(backoff.Next(), cancellationToken);
        }
    }
}
