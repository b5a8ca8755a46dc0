using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Processes;
using Audrey.Agent.Stages.Discover.Sources;
using Audrey.Agent.Timing;

namespace Audrey.Agent.Stages.Discover;

/// <summary>Finds the user data and reads it.</summary>
internal sealed class DiscoverStage(RunContext run, ChildProcesses processes)
{
    /// <summary>Returns the instructions in the user data.</summary>
    /// <exception cref="AgentException">There is no user data, or the user data cannot be read.</exception>
    public async Task<Instructions> RunAsync(UserDataRequest request, CancellationToken cancellationToken) =>
        Instructions.Read(await FindAsync(request, cancellationToken));

    /// <summary>
    /// Searches the sources in order. Repeats the search, because the network may be late at boot. The first source that has user data is
    /// used.
    /// </summary>
    /// <exception cref="AgentException">No source had user data within the time limit.</exception>
    public async Task<byte[]> SearchAsync(IReadOnlyList<IUserDataSource> sources, CancellationToken cancellationToken)
    {
        var start = run.Time.GetTimestamp();
        var backoff = new Backoff(run.Options.FirstBackoff, run.Options.MaxBackoff, run.Random);
        while (true)
        {
            var searched = new List<string>();
            foreach (var source in sources)
            {
                if (await source.FindAsync(cancellationToken) is { } data)
                {
                    run.Log.Write($"User data found: {source.Name}");
                    run.Status.Update(current => current with { Problem = null, ProblemSince = null, NextAttempt = null });
                    return data;
                }

                searched.Add(source.Obstacle is { } obstacle ? $"{source.Name} ({obstacle})" : source.Name);
            }

            var problem = $"There is no user data. These sources were searched: {string.Join(", ", searched)}.";
            if (run.Options.Once || run.Time.GetElapsedTime(start) > run.Options.MaxDiscoveryTime)
                throw new AgentException(AgentExitCode.UserData, problem);
            run.Status.Update(current => current with { Problem = problem, ProblemSince = current.ProblemSince ?? run.Time.GetUtcNow() });
            await run.Pause.WaitAsync(backoff.Next(), cancellationToken);
        }
    }

    private async Task<byte[]> FindAsync(UserDataRequest request, CancellationToken cancellationToken)
    {
        if (request.Text is { } text) return Encoding.UTF8.GetBytes(text);
        if (request.File is { } file)
            return await new UserDataFiles("file", file).FindAsync(cancellationToken)
                ?? throw new AgentException(
                    AgentExitCode.UserData, $"The user data file {file} does not exist, cannot be read, or is empty.");

        using var metadata = new MetadataHttp(request.Metadata, run.Time);
        using var metadata6 = request.Metadata == MetadataHttp.LinkLocal ? new MetadataHttp(MetadataHttp.LinkLocal6, run.Time) : null;
        var sources = KnownSources.Create("/", metadata, metadata6, run.State, processes, Instructions.CanRead);
        if (request.Sources.Count > 0) sources = [.. sources.Where(source => request.Sources.Contains(source.Name))];
        return await SearchAsync(sources, cancellationToken);
    }
}
