using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Audrey.Grains.Tests.Properties;

/// <summary>
/// Executes random commands on random deployables and compares the result with a simple model. Some seeds are always used, and one seed is
/// chosen at random. The variable <c>AUDREY_PLAYS</c> sets the number of further random seeds.
/// </summary>
public sealed class PropertyTests : ClusterFixture, IAsyncLifetime
{
    private const int Always = 60;
    private const int ShrinkingAttempts = 400;

    [Fact]
    public async Task After_any_sequence_of_commands_every_poll_is_answered_as_in_the_model()
    {
        var drawn = int.TryParse(Environment.GetEnvironmentVariable("AUDREY_PLAYS"), out var plays) ? plays : 1;
        foreach (var seed in Enumerable.Range(1, Always).Concat(Enumerable.Range(0, drawn).Select(_ => Random.Shared.Next())))
        {
            var steps = new Draw(seed).Play();
            if (await new Player(this).Play(steps) is not { } wrong) continue;
            (steps, wrong) = await Shrink(steps, wrong);
            Assert.Fail($"seed {seed}:\n  {string.Join("\n  ", steps)}\n{wrong}");
        }
    }

    protected override void Configure(ISiloBuilder silo) =>
        // With so large a bound, a PUT is acknowledged only after it has reached every dependent. Therefore the answers do not depend on
        // time, as in the model.
        silo.Services.Configure<PropagationOptions>(options => options.PushBound = TimeSpan.FromSeconds(10));

    private async Task<(List<Step> Steps, string Wrong)> Shrink(List<Step> steps, string wrong)
    {
        var attempts = 0;
        for (var size = steps.Count / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= steps.Count && attempts++ < ShrinkingAttempts;)
            {
                var fewer = steps.Take(at).Concat(steps.Skip(at + size)).ToList();
                if (await new Player(this).Play(fewer) is { } still) (steps, wrong) = (fewer, still);
                else at += size;
            }
        }

        return (steps, wrong);
    }
}
