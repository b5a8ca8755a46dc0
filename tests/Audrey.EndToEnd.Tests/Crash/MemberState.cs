namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// The state of an instance after a command. Values are numbers, and each new number is higher than all previous ones. 0 means that there
/// is no value.
/// </summary>
/// <param name="Edition">The number of the registration. 0 if the instance is not registered.</param>
/// <param name="A">The value of its provided parameter <c>a</c>.</param>
/// <param name="B">The value of its provided parameter <c>b</c>.</param>
/// <param name="End">The exit status of its service <c>own</c>.</param>
/// <param name="Tarball">The content of its tarball.</param>
internal sealed record MemberState(int Edition, int A, int B, int End, string Tarball)
{
    public static MemberState Absent { get; } = new(0, 0, 0, 0, "");

    public bool IsAbsent => Edition == 0;

    public static MemberState Registered(int edition) => new(edition, 0, 0, 0, $"edition {edition}");
}
