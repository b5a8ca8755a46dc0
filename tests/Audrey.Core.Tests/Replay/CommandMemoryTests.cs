using Audrey.Core.Ids;
using Audrey.Core.Replay;

namespace Audrey.Core.Tests.Replay;

public sealed class CommandMemoryTests
{
    private static readonly ConductorKey Owner = ConductorKey.Parse("owner");
    private static readonly ConductorKey Other = ConductorKey.Parse("other");

    [Fact]
    public void The_requests_of_one_conductor_do_not_affect_the_memory_of_another()
    {
        var memory = CommandMemory.Empty.With(Owner, new(100, 1, 1));
        for (var i = 0; i < 2 * ReplayMemory.MaxAtOnce; i++) memory = memory.With(Other, new(long.MaxValue - (i % 40), (ulong)i, 1));

        Assert.Equal(Freshness.Refused, memory.Judge(Other, new(100, 2, 1)));
        Assert.Equal(Freshness.Fresh, memory.Judge(Owner, new(100, 2, 1)));
        Assert.Equal(Freshness.Repeated, memory.Judge(Owner, new(100, 1, 1)));
        Assert.Equal(Freshness.Refused, memory.Judge(Owner, new(100, 1, 2)));
    }

    [Fact]
    public void If_there_are_too_many_conductors_the_one_with_the_oldest_requests_is_forgotten()
    {
        var memory = CommandMemory.Empty.With(Owner, new(1, 1, 1));
        for (var i = 1; i < CommandMemory.MaxConductors; i++) memory = memory.With(ConductorKey.Parse($"c{i}"), new(100 + i, 1, 1));
        Assert.Equal(Freshness.Repeated, memory.Judge(Owner, new(1, 1, 1)));

        memory = memory.With(Other, new(2, 1, 1));
        Assert.Equal(CommandMemory.MaxConductors, memory.Conductors.Length);
        Assert.Equal(Freshness.Fresh, memory.Judge(Owner, new(1, 1, 1)));
        Assert.Equal(Freshness.Repeated, memory.Judge(Other, new(2, 1, 1)));
        Assert.Equal(Freshness.Repeated, memory.Judge(ConductorKey.Parse("c1"), new(101, 1, 1)));
    }

    [Fact]
    public void A_request_that_was_refused_is_refused_again_when_it_is_repeated()
    {
        var mark = new RequestMark(1, 2, 3);
        var memory = CommandMemory.Empty.With(Owner, mark.AsRefused);
        Assert.Equal(Freshness.Refused, memory.Judge(Owner, mark));
        Assert.Equal(mark, mark.AsRefused.AsRefused);
    }
}
