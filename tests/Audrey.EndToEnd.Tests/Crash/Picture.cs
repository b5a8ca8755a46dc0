namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>What an instance is after a command. Numbers only rise, whatever happens to the instance; 0 is none.</summary>
/// <param name="Edition">Which registration; 0: not registered.</param>
/// <param name="A">The value of its provided parameter <c>a</c>.</param>
/// <param name="B">The value of <c>b</c>.</param>
/// <param name="End">The exit status of its service <c>own</c>.</param>
/// <param name="Tarball">What its tarball holds.</param>
internal sealed record Picture(int Edition, int A, int B, int End, string Tarball)
{
    public static Picture Absent { get; } = new(0, 0, 0, 0, "");

    public bool IsAbsent => Edition == 0;

    public static Picture Registered(int edition) => new(edition, 0, 0, 0, $"edition {edition}");
}
