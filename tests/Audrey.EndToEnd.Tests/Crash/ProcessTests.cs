namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>
/// Tests that start server processes. Each test uses the whole machine, so these tests run one at a time and not in parallel with other
/// tests.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessTests
{
    public const string Name = "Server processes";
}
