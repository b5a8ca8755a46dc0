using Audrey.Abstractions.Instances;

namespace Audrey.Gateway.Tests.Support;

/// <summary>The grain interfaces through which a gateway reaches an instance and its credential.</summary>
public interface IInstanceDouble : IInstanceGrain, IGuestGrain, IGuestCredentialsGrain;
