namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>Tests that start server processes run one at a time and beside no others: each is a load of its own.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessTests
{
    public const string Name = "Server processes";
}
