using Orleans;
using Orleans.Runtime;

namespace Audrey.Storage.Tests.Support;

[GenerateSerializer]
[Alias("Audrey.Storage.Tests.TestState")]
public sealed record TestState
{
    [Id(0)]
    public string Name { get; init; } = "new";

    [Id(1)]
    public int Number { get; init; }
}

internal static class Grains
{
    public const string StateName = "test.state";

    public static GrainId Named(string key) => GrainId.Create("test", key);

    public static GrainState<TestState> State(int number = 0, string name = "n") => new(new TestState { Name = name, Number = number });
}
