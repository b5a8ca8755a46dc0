namespace Audrey.Grains.Liveness;

/// <summary>
/// Holds back every answer of a grain until the read lease allows it. The check comes after the call, because the silo can have been frozen
/// during the call.
/// </summary>
internal sealed class LeaseFilter(ReadLease lease) : IIncomingGrainCallFilter
{
    public Task Invoke(IIncomingGrainCallContext context)
    {
        var call = context.Invoke();

        // Services of the silo itself hold no values. The membership of Orleans is among them, and it must work without the lease.
        return context.Grain is not Grain || (call.IsCompletedSuccessfully && lease.IsHeld) ? call : Confirm(call);
    }

    // A failure is an answer as well. It can say that an instance does not exist.
    private async Task Confirm(Task call)
    {
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await lease.Confirm();
        await call;
    }
}
