namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// Tests that start server processes run one at a time and not in parallel with others, because each uses the whole machine.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessTests
{
    public const string Name = "Server processes";
}
