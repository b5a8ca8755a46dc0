namespace Audrey.Core.Secrets;

/// <summary>A durable state that may hold secrets. Its row is encrypted while it does.</summary>
public interface IHoldsSecrets
{
    /// <summary>Whether the state holds a secret now. This is read at every write, so it must be cheap.</summary>
    bool HoldsSecrets { get; }
}
