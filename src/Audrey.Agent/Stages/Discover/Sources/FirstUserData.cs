namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>A source that consists of several places, which are searched in order.</summary>
internal sealed class FirstUserData(params IReadOnlyList<IUserDataSource> places) : IUserDataSource
{
    public string Name => places[0].Name;

    public string? Obstacle { get; private set; }

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken)
    {
        var obstacles = new List<string>();
        foreach (var place in places)
        {
            if (await place.FindAsync(cancellationToken) is { } data) return data;
            if (place.Obstacle is { } obstacle) obstacles.Add(obstacle);
        }

        Obstacle = obstacles.Count > 0 ? string.Join("; ", obstacles) : null;
        return null;
    }
}
