using Orleans.Runtime;

namespace Audrey.Grains.Liveness;

/// <summary>
/// Renews the read lease: asks the witnesses at an interval whether they hold this silo for alive. A silo that is alone in its cluster
/// reads the membership table instead.
/// </summary>
internal sealed class LeaseRenewal(
    ReadLease lease, IOwnMembership membership, SiloWitnessClient witnesses, ISiloStatusOracle oracle, ILocalSiloDetails self,
    LeaseTerms terms, TimeProvider time) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly LeaseEvidence _evidence = new();
    private readonly HashSet<SiloAddress> _asked = [];
    private Task _running = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<LeaseRenewal>(
        ServiceLifecycleStage.BecomeActive + 1,
        _ =>
        {
            _running = Task.Run(Run, CancellationToken.None);
            return Task.CompletedTask;
        },
        async cancellation =>
        {
            await _stopping.CancelAsync();
            await _running.WaitAsync(cancellation);
        });

    public void Dispose() => _stopping.Dispose();

    private async Task Run()
    {
        using var timer = new PeriodicTimer(terms.Interval, time);
        do await Renew();
        while (await Next(timer));
    }

    private async Task<bool> Next(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task Renew()
    {
        var chosen = Witnesses.Of(self.SiloAddress, oracle.GetApproximateSiloStatuses(onlyActive: true).Keys, terms.Votes);
        if (chosen.Silos.IsEmpty)
        {
            await Read();
            return;
        }

        lock (_lock) _evidence.Set(chosen);
        foreach (var witness in chosen.Silos) Ask(witness).Ignore();
    }

    // A witness that does not answer is not asked again until the call has ended. So the calls to a frozen silo do not pile up.
    private async Task Ask(SiloAddress witness)
    {
        lock (_lock)
            if (!_asked.Add(witness)) return;
        try
        {
            var began = terms.Clock.GetTimestamp();
            var status = await witnesses.Ask(witness, self.SiloAddress);
            if (status == SiloStatus.Dead)
            {
                lease.Doubt();
            }
            else if (status != SiloStatus.None)
            {
                long? evidence;
                lock (_lock) evidence = _evidence.Add(witness, began);
                if (evidence is { } newest) lease.Extend(newest);
            }
        }
        finally
        {
            lock (_lock) _asked.Remove(witness);
        }
    }

    // A silo that joins later needs longer than the lease to declare this one dead.
    private async Task Read()
    {
        var began = terms.Clock.GetTimestamp();
        try
        {
            if (await membership.IsAlone().WaitAsync(ReadLease.MaxRead, time)) lease.Extend(began);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The lease ends, and the next answers read the table. They tell the error.
        }
    }
}
