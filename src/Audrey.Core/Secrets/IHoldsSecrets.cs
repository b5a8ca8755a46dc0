namespace Audrey.Core.Secrets;

/// <summary>A durable state that can hold secrets. Its row is encrypted while it holds a secret.</summary>
public interface IHoldsSecrets
{
    /// <summary>Whether the state currently holds a secret. This is read at every write, so it must be cheap.</summary>
    bool HoldsSecrets { get; }
}
