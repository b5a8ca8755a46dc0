using Audrey.Core.Ids;

namespace Audrey.Client.Registration;

/// <summary>A service of an instance, as a node of who waits for whose end.</summary>
internal readonly record struct ServiceNode(InstanceId Instance, string Service);
