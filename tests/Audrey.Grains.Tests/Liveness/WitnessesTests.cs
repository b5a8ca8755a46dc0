using System.Net;
using Audrey.Grains.Liveness;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Audrey.Grains.Tests.Liveness;

public sealed class WitnessesTests
{
    // Orleans declares a silo dead with the configured number of votes, or with half of the silos that nobody suspects.
    [Theory]
    [InlineData(1, 2, 0, 0)]
    [InlineData(2, 2, 1, 1)]
    [InlineData(3, 2, 2, 2)]
    [InlineData(4, 2, 3, 2)]
    [InlineData(9, 2, 3, 2)]
    [InlineData(9, 1, 3, 3)]
    [InlineData(9, 3, 3, 1)]
    [InlineData(9, 10, 3, 1)]
    public void So_many_witnesses_must_confirm_that_the_others_cannot_declare_the_silo_dead(int silos, int votes, int asked, int needed)
    {
        var witnesses = Witnesses.Of(Silo(0), Enumerable.Range(0, silos).Select(Silo), votes);

        Assert.Equal(asked, witnesses.Silos.Length);
        Assert.Equal(needed, witnesses.Needed);
    }

    [Fact]
    public void Each_silo_is_the_witness_of_equally_many_silos()
    {
        SiloAddress[] silos = [.. Enumerable.Range(0, 7).Select(Silo)];

        var chosen = silos.SelectMany(silo => Witnesses.Of(silo, silos, 2).Silos).CountBy(silo => silo);

        Assert.All(chosen, silo => Assert.Equal(Witnesses.Max, silo.Value));
        Assert.Equal(silos.Length, chosen.Count());
        Assert.All(silos, silo => Assert.DoesNotContain(silo, Witnesses.Of(silo, silos, 2).Silos));
    }

    [Fact]
    public void The_evidence_is_as_old_as_the_oldest_confirmation_that_is_needed()
    {
        var evidence = new LeaseEvidence();
        evidence.Set(new([Silo(1), Silo(2), Silo(3)], 2));

        Assert.Null(evidence.Add(Silo(1), 10));
        Assert.Equal(10, evidence.Add(Silo(2), 30));
        Assert.Equal(20, evidence.Add(Silo(3), 20));
        Assert.Equal(30, evidence.Add(Silo(1), 40));
    }

    [Fact]
    public void Only_confirmations_of_present_witnesses_count()
    {
        var evidence = new LeaseEvidence();
        evidence.Set(new([Silo(1), Silo(2)], 2));
        evidence.Add(Silo(1), 10);

        evidence.Set(new([Silo(2), Silo(3)], 2));

        Assert.Null(evidence.Add(Silo(1), 20));
        Assert.Null(evidence.Add(Silo(2), 20));
        Assert.Equal(20, evidence.Add(Silo(3), 30));
    }

    [Theory]
    [InlineData(1, 2, 0.9)]
    [InlineData(1, 4, 2.7)]
    [InlineData(5, 2, 4.5)]
    [InlineData(1, 1, 0)]
    public void The_lease_is_shorter_than_the_time_to_a_death(double probe, int missed, double expected)
    {
        var options = new ClusterMembershipOptions { ProbeTimeout = TimeSpan.FromSeconds(probe), NumMissedProbesLimit = missed };

        var terms = LeaseTerms.Of(options, TimeProvider.System);

        Assert.Equal(expected, terms.Length.TotalSeconds, 3);
        Assert.True(terms.Interval > TimeSpan.Zero);
    }

    private static SiloAddress Silo(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1000 + number), 1);
}
